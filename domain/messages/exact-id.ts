import type { Message } from "./fields.ts";

/**
 * A trade's id as JSON text, digit for digit: `JSON.parse` loses those beyond 2^53, so that a longer one is looked up in the text that it was parsed from.
 * @param name the field, which holds an id
 */
export function exactId(message: Message, name: string, text: string | null): string {
  const id = message[name];
  if (typeof id === "string") return JSON.stringify(id);
  // JSON can say -0, which is 0.
  const rounded = String((id as number) || 0);
  if (text === null || Number.isSafeInteger(id)) return rounded;
  const source = sourceOf(text, name);
  return source !== null && wholeNumber.test(source) ? source : rounded;
}

const wholeNumber = /^-?\d+$/;

/** The characters that a field of the outermost object was written with. Slow: the text is parsed again. */
function sourceOf(text: string, name: string): string | null {
  const sources = new Map<unknown, string>();
  const parse = JSON.parse as ParseWithSource;
  const outermost = parse(text, function (key, value, context) {
    if (key === name && context?.source !== undefined) sources.set(this, context.source);
    return value;
  });
  return sources.get(outermost) ?? null;
}

/** JSON.parse with ECMAScript's source-text access, which TypeScript's library does not declare yet. */
type ParseWithSource = (
  text: string,
  reviver: (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown,
) => unknown;

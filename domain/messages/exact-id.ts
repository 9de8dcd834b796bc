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
  return wholeNumberOf(text, name) ?? rounded;
}

const wholeNumber = /[ \t\n\r]*(-?\d+)[ \t\n\r]*[,}]/y;

/**
 * The digits that a field of the outermost object was written with; null where they are no whole number. Of a field that comes twice the last counts, as in
 * JSON. The depth is counted and not gone into: a message may be nested deeper than the stack, and is read all the same (D3).
 */
function wholeNumberOf(text: string, name: string): string | null {
  let digits: string | null = null;
  let depth = 0;
  /** The outermost object's newest text, which is the field's name where a colon follows. */
  let newest = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = lastOfText(text, at);
      if (depth === 1) newest = text.slice(at, end + 1);
      at = end;
    } else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === ":" && depth === 1 && JSON.parse(newest) === name) {
      wholeNumber.lastIndex = at + 1;
      digits = wholeNumber.exec(text)?.[1] ?? null;
    }
  }
  return digits;
}

/** Where the quotation mark stands that ends the text which begins with one at `start`. */
function lastOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

// Numbers below 10^15 are exact as doubles, so only a longer run of digits needs the slow way.
const longDigits = /\d{16}/;
const integerText = /^-?\d+$/;

/**
 * JSON.parse that keeps integers above 2^53 exact, as bigint. Decimals stay doubles.
 * @throws SyntaxError where the text is not JSON
 */
export function parseExact(text: string): unknown {
  if (!longDigits.test(text)) return JSON.parse(text);
  return (JSON.parse as ParseWithSource)(text, (_key, value, context) => {
    if (typeof value !== "number" || Number.isSafeInteger(value) || context?.source === undefined) return value;
    return integerText.test(context.source) ? BigInt(context.source) : value;
  });
}

/** JSON.parse with ECMAScript's source-text access, which TypeScript's library does not declare yet. */
type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context?: { readonly source?: string }) => unknown,
) => unknown;

/** Texts of the market are few and short: their JSON is remembered, within a bound. */
const textsMax = 20_000;
const known = new Map<string, string>();

/** A text as JSON. */
export function jsonText(value: string): string {
  let json = known.get(value);
  if (json === undefined) {
    json = JSON.stringify(value);
    if (known.size < textsMax && value.length < 32) known.set(value, json);
  }
  return json;
}

/** A list of texts as JSON. */
export function jsonTexts(values: readonly string[]): string {
  const [first] = values;
  if (first === undefined) return "[]";
  return values.length === 1 ? `[${jsonText(first)}]` : JSON.stringify(values);
}

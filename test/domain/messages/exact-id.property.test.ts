import fc from "fast-check";
import { expect, it } from "vitest";
import { exactId } from "../../../domain/messages/exact-id.ts";

const numeral = fc.oneof(
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc.constantFrom("-0", "1.5", "-2.50", "1e3", "9007199254740993.0", "9007199254740993e0", "9007199254740993"),
);
const space = fc.constantFrom("", "", " ", "\n\t\r ");
const name = fc.constantFrom('"i"', '"note"', '"i\\""', '""', '"\\\\"', '"__proto__"');
const text = fc
  .oneof(fc.string(), fc.constantFrom('"', "\\", '\\"', '"i":7,', '{"i":7}', "}]"))
  .map((value) => JSON.stringify(value));
const inner = fc.oneof(numeral, text, fc.json(), fc.constantFrom('{"i":7}', '[{"i":7},{"j":"i"}]', '["i",[[]],{}]'));

/** An object with an id that is a number, among other fields and white space; of a name that comes twice the last counts. */
const message = fc
  .tuple(
    fc.array(fc.tuple(name, inner), { maxLength: 6 }),
    numeral,
    fc.array(fc.tuple(name, inner), { maxLength: 3 }),
    space,
  )
  .map(([before, id, after, gap]) => {
    const fields = [...before, ['"i"', id] as const, ...after];
    return `${gap}{${gap}${fields.map(([key, value]) => `${key}${gap}:${gap}${value}${gap}`).join(`,${gap}`)}}${gap}`;
  })
  .filter((json) => typeof (JSON.parse(json) as { i: unknown }).i === "number");

/** The id by the JSON parser's own account of the characters, which recurses. */
function idByReviver(json: string): string {
  const sources = new Map<unknown, string>();
  const parse = JSON.parse as (
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown,
  ) => { readonly i: number };
  const outermost = parse(json, function (key, value, context) {
    if (key === "i" && context?.source !== undefined) sources.set(this, context.source);
    return value;
  });
  const source = sources.get(outermost) ?? "";
  return /^-?\d+$/.test(source) && !Number.isSafeInteger(outermost.i) ? source : String(outermost.i || 0);
}

it("an id is exact wherever it stands in the message, and whatever is written around it", () => {
  fc.assert(
    fc.property(message, (json) => {
      expect(exactId(JSON.parse(json), "i", json)).toBe(idByReviver(json));
    }),
    { numRuns: 5000 },
  );
});

it("an id is exact where its name is written with an escape", () => {
  const json = '{"S":"\\u0069","\\u0069":9007199254740993}';
  expect(exactId(JSON.parse(json), "i", json)).toBe("9007199254740993");
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { plainFromParsed, plainToJson } from "../../../enricher/snapshot/plain-json.ts";

const anyNumber = fc.oneof(fc.double(), fc.constantFrom(-0, Number.NaN, Infinity, -Infinity, 5e-324, 2 ** 53));
const anyKey = fc.oneof(fc.string(), fc.constantFrom("$", "of", "a")).filter((key) => key !== "__proto__");

/** Plain data as a state may hold it: maps in objects in arrays, keys that look like marks. */
const anyPlain = fc.letrec((tie) => ({
  plain: fc.oneof(
    { maxDepth: 4 },
    anyNumber,
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("plain"), { maxLength: 4 }),
    fc.dictionary(anyKey, tie("plain"), { maxKeys: 4, noNullPrototype: true }),
    fc
      .array(fc.tuple(fc.oneof(fc.string(), fc.integer()), tie("plain")), { maxLength: 4 })
      .map((pairs) => new Map(pairs)),
  ),
})).plain;

it("D2: plain data comes back from its text as it was, infinities, -0, maps and all", () => {
  fc.assert(
    fc.property(anyPlain, (value) => {
      expect(plainFromParsed(JSON.parse(plainToJson(value)))).toStrictEqual(value);
    }),
    { numRuns: 500 },
  );
});

it("writing a value down does not change it", () => {
  fc.assert(
    fc.property(anyPlain, (value) => {
      const before = structuredClone(value);
      plainToJson(value);
      expect(value).toStrictEqual(before);
    }),
    { numRuns: 200 },
  );
});

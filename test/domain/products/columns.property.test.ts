import fc from "fast-check";
import { expect, it } from "vitest";
import { columnCut } from "../../../domain/products/columns.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const name = fc.oneof(fc.constantFrom("type", "symbol", "midPrice", "windows", "a"), fc.string({ unit: "binary" }));
// A name of digits alone would change its place in the object that the expectation is made with.
const object = fc.dictionary(
  name.filter((text) => !/^\d+$/.test(text) && text !== "__proto__"),
  fc.jsonValue(),
  { noNullPrototype: true },
);

it("the cut of any object is the object of the named fields, in its order", () => {
  fc.assert(
    fc.property(
      fc.array(object, { minLength: 1, maxLength: 6 }),
      fc.array(name, { maxLength: 6 }),
      fc.boolean(),
      (records, names, spaced) => {
        const kept = columnCut(new Set(names));
        for (const record of records) {
          const text = JSON.stringify(record, null, spaced ? 2 : 0);
          const cut = kept(encoder.encode(text));
          const expected = Object.fromEntries(Object.entries(record).filter(([key]) => names.includes(key)));
          expect(cut).not.toBeNull();
          const made = decoder.decode(cut ?? new Uint8Array());
          expect(JSON.stringify(JSON.parse(made))).toBe(JSON.stringify(expected));
          if (!spaced) expect(made).toBe(JSON.stringify(expected));
        }
      },
    ),
  );
});

it("an object that is cut off anywhere is none", () => {
  fc.assert(
    fc.property(object, fc.nat(), (record, place) => {
      const bytes = encoder.encode(JSON.stringify(record));
      const length = place % bytes.length;
      expect(columnCut(new Set(["a"]))(bytes.subarray(0, length))).toBeNull();
    }),
  );
});

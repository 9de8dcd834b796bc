import fc from "fast-check";
import { expect, it } from "vitest";
import { isSymbol } from "../../../domain/messages/symbol.ts";

const unit = fc.oneof(
  fc.constantFrom("#", "@", "A", "7", ".", "/", "É", "\ud83d", "\ude00"),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
);

it("D2: a text is a symbol unless it is empty, begins with #, holds @, or is another one once it has been UTF-8", () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 6 }), (units) => {
      const text = units.join("");
      const isKept = text !== "" && !text.startsWith("#") && !text.includes("@");
      expect(isSymbol(text)).toBe(isKept && Buffer.from(text).toString() === text);
    }),
    { numRuns: 5000 },
  );
});

it("D2: a stock, a class of it, a pair, an option contract and any other text are symbols; what is no text is none", () => {
  for (const text of ["F", "BRK.B", "BTC/USD", "SPY240119C00470000", "A#", "brk-b", "É😀"])
    expect(isSymbol(text)).toBe(true);
  for (const other of [null, undefined, 7, ["A"], {}]) expect(isSymbol(other)).toBe(false);
});

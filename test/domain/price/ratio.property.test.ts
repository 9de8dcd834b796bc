import fc from "fast-check";
import { expect, it } from "vitest";
import { compareProducts, scaleAndRound } from "../../../domain/price/ratio.ts";

const max = Number.MAX_SAFE_INTEGER;
const anyInteger = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.maxSafeInteger());
const anyPositive = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max }));

/** Half away from zero, by integers. */
function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * magnitude + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

it("P1: scaling is exact and rounds halves away from zero, for any integers", () => {
  fc.assert(
    fc.property(anyInteger, anyPositive, anyPositive, (value, factor, divisor) => {
      const expected = Number(roundedQuotient(BigInt(value) * BigInt(factor), BigInt(divisor)));
      const result = scaleAndRound(value, factor, divisor);
      expect(result === expected && !Object.is(result, -0)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

it("P1: a tie goes away from zero on both sides of it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: 1, max: 4000 }), (whole, divisor) => {
      const value = (2 * whole + 1) * divisor;
      expect(scaleAndRound(value, 1, 2 * divisor)).toBe(whole + 1);
      expect(scaleAndRound(-value, 1, 2 * divisor)).toBe(-whole - 1);
    }),
  );
});

it("P1: products are compared exactly, also where doubles cannot tell them apart", () => {
  fc.assert(
    fc.property(anyInteger, anyInteger, anyInteger, anyInteger, (a, b, c, d) => {
      const exact = BigInt(a) * BigInt(b) - BigInt(c) * BigInt(d);
      expect(Math.sign(compareProducts(a, b, c, d)) + 0).toBe(exact < 0n ? -1 : exact > 0n ? 1 : 0);
    }),
    { numRuns: 5000 },
  );
  expect(compareProducts(max, max, max - 1, max)).toBeGreaterThan(0);
  expect(compareProducts(max - 1, max + 1, max, max)).toBeLessThan(0);
  expect(compareProducts(94_906_267, 94_906_267, 94_906_266, 94_906_268)).toBeGreaterThan(0);
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { formatPrice } from "../../../domain/price/format.ts";
import { type MidHalfMicros, type PriceMicros, parsePrice, roundMid } from "../../../domain/price/price.ts";

const microsMax = 10_000_000_000_000;
const anyMicros = fc.oneof(
  fc.integer({ min: 0, max: microsMax }),
  fc.integer({ min: 0, max: 2_000_000 }),
  fc.integer({ min: microsMax - 1000, max: microsMax }),
);

/** A decimal text without an exponent of at most 15 significant digits, and what it is in millionths, by integers. */
const anyDecimal = fc
  .record({ digits: fc.bigInt({ min: 0n, max: 999_999_999_999_999n }), decimals: fc.integer({ min: 0, max: 15 }) })
  .map(({ digits, decimals }) => {
    const padded = digits.toString().padStart(decimals + 1, "0");
    const text = decimals === 0 ? padded : `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
    return { text, digits, scale: 10n ** BigInt(decimals) };
  });

it("P1: every price of whole millionths survives being written and read", () => {
  fc.assert(
    fc.property(anyMicros, (micros) => {
      const text = formatPrice(micros as PriceMicros);
      expect(text).toMatch(/^(0|[1-9]\d*)(\.\d{0,5}[1-9])?$/);
      expect(parsePrice(JSON.parse(text))).toBe(micros);
    }),
    { numRuns: 2000 },
  );
});

it("P2: a price is written as the decimal that integers give", () => {
  fc.assert(
    fc.property(anyMicros, (micros) => {
      const whole = BigInt(micros) / 1_000_000n;
      const fraction = (BigInt(micros) % 1_000_000n).toString().padStart(6, "0").replace(/0+$/, "");
      expect(formatPrice(micros as PriceMicros)).toBe(fraction === "" ? `${whole}` : `${whole}.${fraction}`);
    }),
    { numRuns: 2000 },
  );
});

it("P1, P3: a decimal of up to 15 digits is rounded half away from zero, or refused above ten million", () => {
  fc.assert(
    fc.property(anyDecimal, ({ text, digits, scale }) => {
      const expected = digits > 10_000_000n * scale ? null : (2n * digits * 1_000_000n + scale) / (2n * scale);
      const read = parsePrice(JSON.parse(text));
      expect(read === null ? null : BigInt(read)).toBe(expected);
    }),
    { numRuns: 5000 },
  );
});

it("P1: a tie of half a millionth goes up, however large the price", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_999_999 }), fc.integer({ min: 0, max: 999_999 }), (whole, micros) => {
      const read = parsePrice(JSON.parse(`${whole}.${String(micros).padStart(6, "0")}5`));
      expect(read).toBe(whole * 1_000_000 + micros + 1);
    }),
    { numRuns: 2000 },
  );
});

it("P2: a mid is written rounded to the millionth, halves up", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 * microsMax }), (mid) => {
      const micros = Number((BigInt(mid) + 1n) / 2n);
      expect(roundMid(mid as MidHalfMicros)).toBe(micros);
    }),
  );
});

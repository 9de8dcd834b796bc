/** A price as an integer of a millionth of a dollar, so that thresholds are exact (P1). */
export type PriceMicros = number & { readonly __unit: "microdollars" };

/** A mid as an integer of half a millionth of a dollar: bid plus ask, in millionths (P1, Q3). */
export type MidHalfMicros = number & { readonly __unit: "half microdollars" };

/** The highest price that is taken for one, 10,000,000 dollars (P3). */
export const priceMicrosMax = 10_000_000_000_000;

/**
 * Reads a price in dollars as it came from JSON: rounded to the nearest millionth, halves away from zero (P1).
 * Returns null for what is no number, negative, or above ten million dollars (P3); 0 says that the side is missing.
 */
export function parsePrice(dollars: unknown): PriceMicros | null {
  if (typeof dollars !== "number" || !(dollars >= 0)) return null;
  const scaled = dollars * 1_000_000;
  if (!(scaled <= priceMicrosMax)) return null;
  // JSON can say -0, which is read as 0.
  const rounded = Math.round(scaled) || 0;
  // The product is off by less than a thousandth of a millionth, so that only a price with more than six decimals is farther from an integer.
  const micros = Math.abs(scaled - rounded) < 0.002 ? rounded : roundDecimalText(String(dollars));
  return micros as PriceMicros;
}

/** `bid + ask`, which is the mid in half millionths (Q3). */
export function midOf(bid: PriceMicros, ask: PriceMicros): MidHalfMicros {
  return (bid + ask) as MidHalfMicros;
}

/** The nearest whole millionth of a mid, halves away from zero (P1). */
export function roundMid(mid: MidHalfMicros): PriceMicros {
  return Math.floor((mid + 1) / 2) as PriceMicros;
}

/** The nearest millionth of a decimal numeral as JavaScript writes it (`1.5`, `2.5e-7`), halves up. */
function roundDecimalText(text: string): number {
  const [mantissa = "0", exponent = "0"] = text.split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const digits = whole + fraction;
  // The numeral is digits x 10^(exponent - fraction.length); in millionths the exponent is six higher.
  const shift = Number(exponent) - fraction.length + 6;
  if (shift >= 0) return Number(digits) * 10 ** shift;
  const keep = digits.length + shift;
  if (keep < 0) return 0;
  return Number(digits.slice(0, keep) || "0") + (Number(digits[keep] ?? "0") >= 5 ? 1 : 0);
}

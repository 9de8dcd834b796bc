import type { MidHalfMicros, PriceMicros } from "./price.ts";
import { roundMid } from "./price.ts";

/** A price as a JSON number in dollars, to six decimals, trailing zeros cut (P2). */
export function formatPrice(price: PriceMicros): string {
  // The quotient is the double nearest to the decimal, of at most 14 digits, so that its shortest text is that decimal.
  return String(price / 1_000_000);
}

/** A mid as a JSON number in dollars, rounded to six decimals (P2). */
export function formatMid(mid: MidHalfMicros): string {
  return String(roundMid(mid) / 1_000_000);
}

/** An integer of ten-thousandths as a JSON number with up to four decimals, never `-0` (P2). */
export function formatTenThousandths(value: number): string {
  if (value === 0) return "0";
  if (value < 1e15 && value > -1e15) return String(value / 10_000);
  const digits = BigInt(value).toString();
  const whole = digits.slice(0, -4);
  const fraction = digits.slice(-4).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

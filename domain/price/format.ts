import type { PriceMicros } from "./price.ts";

/** A price as a JSON number in dollars, to six decimals, trailing zeros cut (P2). */
export function formatPrice(price: PriceMicros): string {
  // The quotient is the double nearest to the decimal, of at most 14 digits, so that its shortest text is that decimal; a millionth is the smallest number
  // that is written without an exponent.
  return String(price / 1_000_000);
}

/** An integer of ten-thousandths as a JSON number with up to four decimals, never `-0` (P2). */
export function formatTenThousandths(value: number): string {
  const digits = BigInt(Math.abs(value)).toString().padStart(5, "0");
  const fraction = digits.slice(-4).replace(/0+$/, "");
  return `${value < 0 ? "-" : ""}${digits.slice(0, -4)}${fraction === "" ? "" : `.${fraction}`}`;
}

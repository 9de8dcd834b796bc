import type { MidHalfMicros, PriceMicros } from "./price.ts";
import { roundMid } from "./price.ts";

/** A price as a JSON number in dollars, to six decimals, trailing zeros cut (P2). */
export function formatPrice(price: PriceMicros): string {
  return millionthsText(price);
}

/** A mid as a JSON number in dollars, rounded to six decimals (P2). */
export function formatMid(mid: MidHalfMicros): string {
  return millionthsText(roundMid(mid));
}

/** An integer of ten-thousandths as a JSON number with up to four decimals, never `-0` (P2). */
export function formatTenThousandths(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e15) return formatBig(value);
  const fraction = magnitude % 10_000;
  const text = `${(magnitude - fraction) / 10_000}${fourDecimals[fraction]}`;
  return value < 0 ? `-${text}` : text;
}

/** Of each four decimals the text, point included, trailing zeros cut: putting a number together is several times as fast as writing a double. */
const fourDecimals = Array.from({ length: 10_000 }, (_, fraction) =>
  fraction === 0 ? "" : `.${String(fraction).padStart(4, "0").replace(/0+$/, "")}`,
);

function formatBig(value: number): string {
  const digits = BigInt(value).toString();
  const whole = digits.slice(0, -4);
  const fraction = digits.slice(-4).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** Prices come again and again: a record repeats most of those of the record before. A table of the texts written last, by a hash of the price. */
const slots = 8192;
const slotShift = 32 - 13;
const writtenMillionths = new Float64Array(slots).fill(Number.NaN);
const writtenTexts: string[] = new Array(slots).fill("");

function millionthsText(millionths: number): string {
  const slot = Math.imul(millionths, 0x9e3779b1) >>> slotShift;
  if (writtenMillionths[slot] === millionths) return writtenTexts[slot] as string;
  // The quotient is the double nearest to the decimal, of at most 14 digits, so that its shortest text is that decimal.
  const text = String(millionths / 1_000_000);
  writtenMillionths[slot] = millionths;
  writtenTexts[slot] = text;
  return text;
}

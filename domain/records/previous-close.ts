import { formatMid } from "../price/format.ts";
import type { MidHalfMicros } from "../price/price.ts";

/** The previous close of a record (C2), as it is written. */
export interface PreviousClose {
  /** In half millionths, as the mid of an observed close is (C5). */
  readonly price: MidHalfMicros;
  /** `YYYY-MM-DD` of the session that it closed. */
  readonly date: string;
  readonly source: "official" | "observed";
}

const unknown = '"previousClose":null,"previousCloseDate":null,"previousCloseSource":null';

/** The keys of the previous close as the inside of a JSON object; nulls where none is known (I2). */
export function previousCloseJson(close: PreviousClose | null): string {
  if (close === null) return unknown;
  return `"previousClose":${formatMid(close.price)},"previousCloseDate":"${close.date}","previousCloseSource":"${close.source}"`;
}

/** The same for a candle, which names no source. */
export function candlePreviousCloseJson(close: PreviousClose | null): string {
  if (close === null) return '"previousClose":null,"previousCloseDate":null';
  return `"previousClose":${formatMid(close.price)},"previousCloseDate":"${close.date}"`;
}

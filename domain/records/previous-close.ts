import type { MidHalfMicros } from "../price/price.ts";
import { keys } from "./ascii.ts";
import type { JsonWriter } from "./json-writer.ts";

/** The previous close of a record (C2), as it is written. */
export interface PreviousClose {
  /** In half millionths, as the mid of an observed close is (C5). */
  readonly price: MidHalfMicros;
  /** `YYYY-MM-DD` of the session that it closed. */
  readonly date: string;
  readonly source: "official" | "observed";
}

const key = keys("previousClose", "previousCloseDate", "previousCloseSource");

/** The keys of the previous close; nulls where none is known (I2). */
export function writePreviousClose(json: JsonWriter, close: PreviousClose | null): void {
  writeCandlePreviousClose(json, close);
  json.put(key.previousCloseSource).text(close === null ? null : close.source);
}

/** The same for a candle, which names no source. */
export function writeCandlePreviousClose(json: JsonWriter, close: PreviousClose | null): void {
  json.put(key.previousClose).mid(close === null ? null : close.price);
  json.put(key.previousCloseDate).text(close === null ? null : close.date);
}

import { z } from "zod";
import type { Bar } from "../messages/raw-record.ts";
import { ascii, keys } from "./ascii.ts";
import * as fields from "./fields.ts";
import { type Change, writeChange } from "./indicator.ts";
import { json } from "./json-writer.ts";
import type { PreviousClose } from "./previous-close.ts";
import { type QualityFlag, writeQuality } from "./quality.ts";

/** A vendor's bar with its indicator: one value of `market.enriched`. The one definition: types and JSON Schema follow from it. */
export const enrichedBarSchema = z
  .strictObject({
    type: z.literal("bar"),
    symbol: z.string().min(1),
    eventTime: fields.eventTime.describe("The bar's start"),
    interval: z.enum(["1m", "1d"]),
    open: fields.dollars,
    high: fields.dollars,
    low: fields.dollars,
    close: fields.dollars,
    volume: fields.count.describe("Shares"),
    tradeCount: fields.count.optional().describe("Left out where the vendor does not say"),
    vwap: fields.dollars.optional().describe("Left out where the vendor does not say"),
    updated: z.boolean().describe("Told again after late trades"),
    previousClose: fields.previousClose,
    percentChange: fields.percentChange,
    indicator: fields.indicator,
    quality: fields.quality,
  })
  .meta({ title: "EnrichedBar", description: "A bar of the vendor's with the indicator of its close" });

/** What the fold knows of a bar when it publishes it. */
export interface EnrichedBarFacts {
  readonly bar: Bar;
  readonly previousClose: PreviousClose | null;
  /** Of the bar's close; null where no previous close is known. */
  readonly change: Change | null;
  readonly quality: readonly QualityFlag[];
}

const start = ascii('{"type":"bar"');
const key = keys(
  "symbol",
  "eventTime",
  "interval",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "tradeCount",
  "vwap",
  "updated",
  "previousClose",
);

/** The value: keys in the order of the schema (P4). */
export function enrichedBarJson({ bar, previousClose, change, quality }: EnrichedBarFacts): Uint8Array {
  json.begin(start);
  json.put(key.symbol).text(bar.symbol);
  json.put(key.eventTime).time(bar.micros, bar.nanos);
  json.put(key.interval).text(bar.interval);
  json.put(key.open).price(bar.open);
  json.put(key.high).price(bar.high);
  json.put(key.low).price(bar.low);
  json.put(key.close).price(bar.close);
  json.put(key.volume).number(bar.volume);
  if (bar.tradeCount !== null) json.put(key.tradeCount).number(bar.tradeCount);
  if (bar.vwap !== null) json.put(key.vwap).price(bar.vwap);
  json.put(key.updated).json(String(bar.updated));
  json.put(key.previousClose).mid(previousClose === null ? null : previousClose.price);
  writeChange(json, change);
  writeQuality(json, quality);
  return json.end();
}

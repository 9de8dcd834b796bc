import { z } from "zod";
import type { Bar } from "../messages/raw-record.ts";
import { formatMid, formatPrice } from "../price/format.ts";
import { formatEventTime } from "../time/event-time.ts";
import * as fields from "./fields.ts";
import { type Change, changeJson } from "./indicator.ts";
import { jsonText } from "./json-text.ts";
import type { PreviousClose } from "./previous-close.ts";
import { type QualityFlag, qualityJson } from "./quality.ts";

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

/** Writes the value: keys in the order of the schema (P4). */
export function enrichedBarJson({ bar, previousClose, change, quality }: EnrichedBarFacts): string {
  const prices = `"open":${formatPrice(bar.open)},"high":${formatPrice(bar.high)},"low":${formatPrice(bar.low)},"close":${formatPrice(bar.close)}`;
  const tradeCount = bar.tradeCount === null ? "" : `,"tradeCount":${bar.tradeCount}`;
  const vwap = bar.vwap === null ? "" : `,"vwap":${formatPrice(bar.vwap)}`;
  return `{"type":"bar","symbol":${jsonText(bar.symbol)},"eventTime":"${formatEventTime(bar)}","interval":"${bar.interval}",${prices},"volume":${bar.volume}${tradeCount}${vwap},"updated":${bar.updated},"previousClose":${previousClose === null ? "null" : formatMid(previousClose.price)},${changeJson(change)},"quality":${qualityJson(quality)}}`;
}

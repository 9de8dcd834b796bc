import { z } from "zod";
import type { Quote } from "../messages/raw-record.ts";
import { formatMid, formatPrice } from "../price/format.ts";
import { midOf } from "../price/price.ts";
import { formatEventTime } from "../time/event-time.ts";
import * as fields from "./fields.ts";
import { type Change, changeJson } from "./indicator.ts";
import { jsonText, jsonTexts } from "./json-text.ts";
import { type PreviousClose, previousCloseJson } from "./previous-close.ts";
import { type QualityFlag, qualityJson } from "./quality.ts";
import { type QuoteSummary, quoteSummaryJson } from "./quote-summary.ts";

/** The running values of one window (W6). */
const runningWindowSchema = z.strictObject({
  start: fields.eventTime,
  open: fields.dollars,
  high: fields.dollars,
  low: fields.dollars,
  close: fields.dollars,
  timeWeightedAverage: fields.dollars,
  count: z.number().int().positive(),
  spreadBps: z.number().nonnegative(),
});

/** A quote with its indicator and the running windows: one value of `market.enriched`. The one definition: types and JSON Schema follow from it. */
export const enrichedQuoteSchema = z
  .strictObject({
    type: z.literal("quote"),
    symbol: z.string().min(1),
    eventTime: fields.eventTime,
    bidPrice: fields.dollars.describe("0 where the side is missing (P3)"),
    bidSize: fields.count,
    bidExchange: z.string(),
    askPrice: fields.dollars.describe("0 where the side is missing (P3)"),
    askSize: fields.count,
    askExchange: z.string(),
    conditions: z.array(z.string()),
    tape: z.string(),
    midPrice: fields.dollars.nullable().describe("(bid + ask) / 2; null where the quote is not usable (Q2, Q3)"),
    previousClose: fields.previousClose,
    previousCloseDate: fields.previousCloseDate,
    previousCloseSource: fields.previousCloseSource,
    percentChange: fields.percentChange,
    indicator: fields.indicator,
    quality: fields.quality,
    windows: z.record(z.string(), runningWindowSchema).describe("By interval, shortest first (W6)"),
  })
  .meta({ title: "EnrichedQuote", description: "A quote with its indicator and the running windows" });

/** What the fold knows of a quote when it publishes it. */
export interface EnrichedQuoteFacts {
  readonly quote: Quote;
  readonly usable: boolean;
  readonly previousClose: PreviousClose | null;
  /** Null where the quote is unusable or no previous close is known. */
  readonly change: Change | null;
  readonly quality: readonly QualityFlag[];
  /** The open windows that hold the quote's time, shortest first. */
  readonly windows: readonly (QuoteSummary & {
    readonly startText: string;
    readonly interval: { readonly name: string };
  })[];
}

/** Writes the value: keys in the order of the schema (P4). Written by hand, for it is the hot path. */
export function enrichedQuoteJson(facts: EnrichedQuoteFacts): string {
  const { quote } = facts;
  const mid = facts.usable ? formatMid(midOf(quote.bid, quote.ask)) : "null";
  return `{"type":"quote","symbol":${jsonText(quote.symbol)},"eventTime":"${formatEventTime(quote)}","bidPrice":${formatPrice(quote.bid)},"bidSize":${quote.bidSize},"bidExchange":${jsonText(quote.bidExchange)},"askPrice":${formatPrice(quote.ask)},"askSize":${quote.askSize},"askExchange":${jsonText(quote.askExchange)},"conditions":${jsonTexts(quote.conditions)},"tape":${jsonText(quote.tape)},"midPrice":${mid},${previousCloseJson(facts.previousClose)},${changeJson(facts.change)},"quality":${qualityJson(facts.quality)},"windows":${windowsJson(facts.windows)}}`;
}

function windowsJson(windows: EnrichedQuoteFacts["windows"]): string {
  let json = "";
  for (const window of windows) {
    json += `${json === "" ? "" : ","}"${window.interval.name}":{"start":"${window.startText}",${quoteSummaryJson(window, window.closeMicros, window.closeNanos)}}`;
  }
  return `{${json}}`;
}

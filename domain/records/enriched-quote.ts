import { z } from "zod";
import type { Quote } from "../messages/raw-record.ts";
import { formatMid, formatPrice, formatTenThousandths } from "../price/format.ts";
import { midOf } from "../price/price.ts";
import { formatEventTime } from "../time/event-time.ts";
import { type Indicator, indicators } from "./indicator.ts";
import { type PreviousClose, previousCloseJson } from "./previous-close.ts";
import { type QualityFlag, qualityFlags } from "./quality.ts";
import { type QuoteSummary, quoteSummaryJson } from "./window-values.ts";

const eventTime = z.string().describe("RFC 3339 in UTC, to the nanosecond (P4)");
const dollars = z.number().nonnegative().describe("US dollars, to six decimals (P2)");

/** The running values of one window (W6). */
const runningWindowSchema = z.strictObject({
  start: eventTime,
  open: dollars,
  high: dollars,
  low: dollars,
  close: dollars,
  timeWeightedAverage: dollars,
  count: z.number().int().positive(),
  spreadBps: z.number().nonnegative(),
});

/** A quote with its indicator and the running windows: one value of `market.enriched`. The one definition: types and JSON Schema follow from it. */
export const enrichedQuoteSchema = z
  .strictObject({
    type: z.literal("quote"),
    symbol: z.string().min(1),
    eventTime,
    bidPrice: dollars.describe("0 where the side is missing (P3)"),
    bidSize: z.number().int().nonnegative(),
    bidExchange: z.string(),
    askPrice: dollars.describe("0 where the side is missing (P3)"),
    askSize: z.number().int().nonnegative(),
    askExchange: z.string(),
    conditions: z.array(z.string()),
    tape: z.string(),
    midPrice: dollars.nullable().describe("(bid + ask) / 2; null where the quote is not usable (Q2, Q3)"),
    previousClose: dollars.nullable().describe("Official close of the session before, adjusted for splits (C2, C3)"),
    previousCloseDate: z.iso.date().nullable(),
    previousCloseSource: z.enum(["official", "observed"]).nullable(),
    percentChange: z.number().nullable().describe("Percent, to four decimals (P2)"),
    indicator: z.enum(indicators).nullable().describe("At or beyond the threshold, up or down (I1)"),
    quality: z.array(z.enum(qualityFlags)).describe("Why the record deserves less trust (Q2); empty is best"),
    windows: z.record(z.string(), runningWindowSchema).describe("By interval, shortest first (W6)"),
  })
  .meta({ title: "EnrichedQuote", description: "A quote with its indicator and the running windows" });

/** What the fold knows of a quote when it publishes it. */
export interface EnrichedQuoteFacts {
  readonly quote: Quote;
  readonly usable: boolean;
  readonly previousClose: PreviousClose | null;
  /** Null where the quote is unusable or no previous close is known. */
  readonly change: { readonly percentTenThousandths: number; readonly indicator: Indicator } | null;
  readonly quality: readonly QualityFlag[];
  /** The open windows that hold the quote's time, shortest first. */
  readonly windows: readonly (QuoteSummary & {
    readonly startText: string;
    readonly interval: { readonly name: string };
  })[];
}

/** Writes the value: keys in the order of the schema (P4). Written by hand, for it is the hot path. */
export function enrichedQuoteJson(facts: EnrichedQuoteFacts): string {
  const { quote, change } = facts;
  const symbol = text(quote.symbol);
  const mid = facts.usable ? formatMid(midOf(quote.bid, quote.ask)) : "null";
  const changed =
    change === null
      ? '"percentChange":null,"indicator":null'
      : `"percentChange":${formatTenThousandths(change.percentTenThousandths)},"indicator":"${change.indicator}"`;
  return `{"type":"quote","symbol":${symbol},"eventTime":"${formatEventTime(quote)}","bidPrice":${formatPrice(quote.bid)},"bidSize":${quote.bidSize},"bidExchange":${text(quote.bidExchange)},"askPrice":${formatPrice(quote.ask)},"askSize":${quote.askSize},"askExchange":${text(quote.askExchange)},"conditions":${texts(quote.conditions)},"tape":${text(quote.tape)},"midPrice":${mid},${previousCloseJson(facts.previousClose)},${changed},"quality":${flags(facts.quality)},"windows":${windowsJson(facts.windows)}}`;
}

function windowsJson(windows: EnrichedQuoteFacts["windows"]): string {
  let json = "";
  for (const window of windows) {
    json += `${json === "" ? "" : ","}"${window.interval.name}":{"start":"${window.startText}",${quoteSummaryJson(window, window.closeMicros, window.closeNanos)}}`;
  }
  return `{${json}}`;
}

function flags(quality: readonly QualityFlag[]): string {
  return quality.length === 0 ? "[]" : JSON.stringify(quality);
}

/** Texts of the market are few and short: their JSON is remembered, within a bound. */
const textsMax = 20_000;
const known = new Map<string, string>();

function text(value: string): string {
  let json = known.get(value);
  if (json === undefined) {
    json = JSON.stringify(value);
    if (known.size < textsMax && value.length < 32) known.set(value, json);
  }
  return json;
}

function texts(values: readonly string[]): string {
  const [first] = values;
  if (first === undefined) return "[]";
  return values.length === 1 ? `[${text(first)}]` : JSON.stringify(values);
}

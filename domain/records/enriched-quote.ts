import { z } from "zod";
import type { Quote } from "../messages/raw-record.ts";
import { midOf } from "../price/price.ts";
import { ascii, keys } from "./ascii.ts";
import * as fields from "./fields.ts";
import { type Change, writeChange } from "./indicator.ts";
import { type JsonWriter, json } from "./json-writer.ts";
import { type PreviousClose, writePreviousClose } from "./previous-close.ts";
import { type QualityFlag, writeQuality } from "./quality.ts";
import { type QuoteSummary, writeQuoteSummary } from "./quote-summary.ts";

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
    readonly startMicros: number;
    readonly interval: { readonly name: string };
  })[];
}

const start = ascii('{"type":"quote"');
const key = keys(
  "symbol",
  "eventTime",
  "bidPrice",
  "bidSize",
  "bidExchange",
  "askPrice",
  "askSize",
  "askExchange",
  "conditions",
  "tape",
  "midPrice",
  "windows",
);
const windowStart = ascii(':{"start":');
const open = ascii("{");
const comma = ascii(",");
const close = ascii("}");

/** The value: keys in the order of the schema (P4). */
export function enrichedQuoteJson(facts: EnrichedQuoteFacts): Uint8Array {
  const { quote } = facts;
  json.begin(start);
  json.put(key.symbol).text(quote.symbol);
  json.put(key.eventTime).time(quote.micros, quote.nanos);
  json.put(key.bidPrice).price(quote.bid);
  json.put(key.bidSize).number(quote.bidSize);
  json.put(key.bidExchange).text(quote.bidExchange);
  json.put(key.askPrice).price(quote.ask);
  json.put(key.askSize).number(quote.askSize);
  json.put(key.askExchange).text(quote.askExchange);
  json.put(key.conditions).texts(quote.conditions);
  json.put(key.tape).text(quote.tape);
  json.put(key.midPrice).mid(facts.usable ? midOf(quote.bid, quote.ask) : null);
  writePreviousClose(json, facts.previousClose);
  writeChange(json, facts.change);
  writeQuality(json, facts.quality);
  json.put(key.windows);
  writeWindows(json, facts.windows);
  return json.end();
}

function writeWindows(json: JsonWriter, windows: EnrichedQuoteFacts["windows"]): void {
  json.put(open);
  for (let index = 0; index < windows.length; index++) {
    const window = windows[index] as EnrichedQuoteFacts["windows"][number];
    if (index > 0) json.put(comma);
    json.text(window.interval.name).put(windowStart).time(window.startMicros, 0);
    writeQuoteSummary(json, window, window.closeMicros, window.closeNanos);
    json.put(close);
  }
  json.put(close);
}

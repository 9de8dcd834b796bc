import { z } from "zod";
import { ascii, keys } from "./ascii.ts";
import * as fields from "./fields.ts";
import { type Change, writeChange } from "./indicator.ts";
import { json } from "./json-writer.ts";
import { type PreviousClose, writeCandlePreviousClose } from "./previous-close.ts";
import { type QuoteSummary, writeQuoteSummary } from "./quote-summary.ts";
import { type TradeSummary, writeTradeSummary } from "./trade-summary.ts";

const quoteSide = fields.dollars.optional();
const tradeSide = fields.dollars.optional().describe("Of the trades that set prices; left out where there are none");

/** A closed window: one value of `market.candles`. The one definition: types and JSON Schema follow from it. */
export const candleSchema = z
  .strictObject({
    type: z.literal("candle"),
    symbol: z.string().min(1),
    interval: z.string().describe("1m, 5m"),
    start: fields.eventTime,
    end: fields.eventTime.describe("Exclusive"),
    revision: fields.count.describe("0 as first published, one higher for each change (W4)"),
    open: quoteSide.describe("Mid of the first usable quote"),
    high: quoteSide,
    low: quoteSide,
    close: quoteSide,
    timeWeightedAverage: quoteSide,
    count: z.number().int().positive().optional().describe("Usable quotes; left out where there are none"),
    spreadBps: z.number().nonnegative().optional(),
    tradeOpen: tradeSide,
    tradeHigh: tradeSide,
    tradeLow: tradeSide,
    tradeClose: tradeSide,
    volume: fields.count.optional().describe("Shares of the trades that count"),
    vwap: tradeSide,
    tradeCount: z.number().int().positive().optional().describe("Trades that count; left out where there are none"),
    previousClose: fields.previousClose,
    previousCloseDate: fields.previousCloseDate,
    percentChange: fields.percentChange.describe("Of the close; null without quotes"),
    indicator: fields.indicator,
    incomplete: z.literal(true).optional().describe("A gap of the feed touches the window (W9)"),
  })
  .meta({ title: "Candle", description: "The usable quotes and the trades of one symbol in one tumbling window" });

/** What the fold knows of a window when it publishes it. */
export interface CandleFacts {
  readonly symbol: string;
  readonly window: QuoteSummary & {
    readonly interval: { readonly name: string };
    readonly startMicros: number;
    readonly endMicros: number;
    readonly trades: TradeSummary | null;
  };
  readonly revision: number;
  readonly previousClose: PreviousClose | null;
  /** Of the window's close; null without quotes, and where no previous close is known. */
  readonly change: Change | null;
  readonly incomplete: boolean;
}

const begin = ascii('{"type":"candle"');
const key = keys("symbol", "interval", "start", "end", "revision");
const isIncomplete = ascii(',"incomplete":true');

/** The value: keys in the order of the schema (P4). A side with nothing leaves out all its keys (W5). */
export function candleJson({ symbol, window, revision, previousClose, change, incomplete }: CandleFacts): Uint8Array {
  json.begin(begin);
  json.put(key.symbol).text(symbol);
  json.put(key.interval).text(window.interval.name);
  json.put(key.start).time(window.startMicros, 0);
  json.put(key.end).time(window.endMicros, 0);
  json.put(key.revision).number(revision);
  if (window.count > 0) writeQuoteSummary(json, window, window.endMicros, 0);
  if (window.trades !== null && window.trades.count > 0) writeTradeSummary(json, window.trades);
  writeCandlePreviousClose(json, previousClose);
  writeChange(json, change);
  if (incomplete) json.put(isIncomplete);
  return json.end();
}

import { z } from "zod";
import { formatEventTime } from "../time/event-time.ts";
import * as fields from "./fields.ts";
import { type Change, changeJson } from "./indicator.ts";
import { jsonText } from "./json-text.ts";
import { candlePreviousCloseJson, type PreviousClose } from "./previous-close.ts";
import { type QuoteSummary, quoteSummaryJson } from "./quote-summary.ts";
import { type TradeSummary, tradeSummaryJson } from "./trade-summary.ts";

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
    readonly startText: string;
    readonly endMicros: number;
    readonly trades: TradeSummary | null;
  };
  readonly revision: number;
  readonly previousClose: PreviousClose | null;
  /** Of the window's close; null without quotes, and where no previous close is known. */
  readonly change: Change | null;
  readonly incomplete: boolean;
}

/** Writes the value: keys in the order of the schema (P4). A side with nothing leaves out all its keys (W5). */
export function candleJson({ symbol, window, revision, previousClose, change, incomplete }: CandleFacts): string {
  const end = formatEventTime({ micros: window.endMicros, nanos: 0 });
  const quotes = window.count === 0 ? "" : `${quoteSummaryJson(window, window.endMicros, 0)},`;
  const trades = window.trades === null || window.trades.count === 0 ? "" : `${tradeSummaryJson(window.trades)},`;
  return `{"type":"candle","symbol":${jsonText(symbol)},"interval":"${window.interval.name}","start":"${window.startText}","end":"${end}","revision":${revision},${quotes}${trades}${candlePreviousCloseJson(previousClose)},${changeJson(change)}${incomplete ? ',"incomplete":true' : ""}}`;
}

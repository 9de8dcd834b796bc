import { z } from "zod";
import { formatTenThousandths } from "../price/format.ts";
import { formatEventTime } from "../time/event-time.ts";
import { type Indicator, indicators } from "./indicator.ts";
import { candlePreviousCloseJson, type PreviousClose } from "./previous-close.ts";
import { type QuoteSummary, quoteSummaryJson } from "./window-values.ts";

const eventTime = z.string().describe("RFC 3339 in UTC (P4)");
const dollars = z.number().nonnegative().describe("US dollars, to six decimals (P2)");

/** A closed window: one value of `market.candles`. The one definition: types and JSON Schema follow from it. */
export const candleSchema = z
  .strictObject({
    type: z.literal("candle"),
    symbol: z.string().min(1),
    interval: z.string().describe("1m, 5m"),
    start: eventTime,
    end: eventTime.describe("Exclusive"),
    revision: z.number().int().nonnegative().describe("0 as first published, one higher for each change (W4)"),
    open: dollars,
    high: dollars,
    low: dollars,
    close: dollars,
    timeWeightedAverage: dollars,
    count: z.number().int().positive(),
    spreadBps: z.number().nonnegative(),
    previousClose: dollars.nullable(),
    previousCloseDate: z.iso.date().nullable(),
    percentChange: z.number().nullable(),
    indicator: z.enum(indicators).nullable(),
  })
  .meta({ title: "Candle", description: "The usable quotes of one symbol in one tumbling window" });

/** What the fold knows of a window when it publishes it. */
export interface CandleFacts {
  readonly symbol: string;
  readonly window: QuoteSummary & {
    readonly interval: { readonly name: string };
    readonly startText: string;
    readonly endMicros: number;
  };
  readonly revision: number;
  readonly previousClose: PreviousClose | null;
  /** Of the window's close; null where no previous close is known. */
  readonly change: { readonly percentTenThousandths: number; readonly indicator: Indicator } | null;
}

/** Writes the value: keys in the order of the schema (P4). */
export function candleJson({ symbol, window, revision, previousClose, change }: CandleFacts): string {
  const end = formatEventTime({ micros: window.endMicros, nanos: 0 });
  const changed =
    change === null
      ? '"percentChange":null,"indicator":null'
      : `"percentChange":${formatTenThousandths(change.percentTenThousandths)},"indicator":"${change.indicator}"`;
  return `{"type":"candle","symbol":${JSON.stringify(symbol)},"interval":"${window.interval.name}","start":"${window.startText}","end":"${end}","revision":${revision},${quoteSummaryJson(window, window.endMicros, 0)},${candlePreviousCloseJson(previousClose)},${changed}}`;
}

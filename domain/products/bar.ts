import { z } from "zod";
import type { RejectReason } from "../messages/reject-reason.ts";
import { formatPrice, formatTenThousandths } from "../price/format.ts";
import { type PriceMicros, parsePrice } from "../price/price.ts";
import { changeOf } from "../records/change.ts";
import * as fields from "../records/fields.ts";
import { parseEventTime } from "../time/event-time.ts";

/**
 * A closed minute's trades, in the shape of the AWS sample's enriched topic. The one definition: types and JSON Schema follow from it.
 * @see https://github.com/aws-samples/msk-powered-financial-data-feed
 */
export const productBarSchema = z
  .strictObject({
    symbol: z.string().min(1),
    close: fields.dollars,
    open: fields.dollars,
    low: fields.dollars,
    high: fields.dollars,
    volume: fields.count,
    timestamp: z.string().describe("Start of the minute in UTC: 2024-07-11 19:49:00"),
    "%change": z.number().nullable().describe("Of the close against the previous close, percent, to four decimals"),
    indicator: fields.indicator,
  })
  .meta({ title: "ProductBar", description: "The trades of one symbol in one closed minute" });

/** The threshold of a symbol's indicator (I1), in millionths: 50,000 is 5 percent. */
export type ThresholdOf = (symbol: string) => number;

/** What the bar takes from a candle. */
const sourceSchema = z.object({
  symbol: z.string().min(1),
  interval: z.string(),
  start: z.string(),
  revision: z.number(),
  tradeOpen: z.number().optional(),
  tradeHigh: z.number().optional(),
  tradeLow: z.number().optional(),
  tradeClose: z.number().optional(),
  volume: z.number().int().nonnegative().optional(),
  previousClose: z.number().nullable(),
});

/**
 * The bar of a candle: of the first publication of a one-minute window whose trades set prices; null for any other candle. Keys stand in the sample's
 * order. Change and indicator are of the last trade, from the prices as published: the candle's own are of the quotes.
 */
export function productBarJson(candle: unknown, thresholdOf: ThresholdOf): string | { reason: RejectReason } | null {
  const parsed = sourceSchema.safeParse(candle);
  if (!parsed.success) return { reason: "missingField" };
  const { symbol, interval, start, revision, previousClose, volume = 0, ...trades } = parsed.data;
  if (interval !== "1m" || revision !== 0 || trades.tradeOpen === undefined) return null;
  if (parseEventTime(start) === null) return { reason: "badTime" };
  const [open, high, low, close] = [trades.tradeOpen, trades.tradeHigh, trades.tradeLow, trades.tradeClose].map(
    parsePrice,
  );
  if (open == null || high == null || low == null || close == null) return { reason: "badPrice" };
  const timestamp = `${start.slice(0, 10)} ${start.slice(11, 19)}`;
  const prices = `"close":${formatPrice(close)},"open":${formatPrice(open)},"low":${formatPrice(low)},"high":${formatPrice(high)}`;
  return `{"symbol":${JSON.stringify(symbol)},${prices},"volume":${volume},"timestamp":"${timestamp}",${barChangeJson(close, parsePrice(previousClose), thresholdOf(symbol))}}`;
}

function barChangeJson(close: PriceMicros, previousClose: PriceMicros | null, thresholdMillionths: number): string {
  if (previousClose === null || previousClose === 0) return '"%change":null,"indicator":null';
  const { percentTenThousandths, indicator } = changeOf(close, previousClose, thresholdMillionths);
  return `"%change":${formatTenThousandths(percentTenThousandths)},"indicator":"${indicator}"`;
}

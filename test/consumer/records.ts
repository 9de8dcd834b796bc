import { type FeedRecord, feedRecord as wrap } from "../../consumer/feed-record.ts";
import type { EnrichedQuote } from "../../consumer/values.ts";

/** An enriched quote of XXX, Neutral, unless told otherwise. */
export function quoteOf(fields: Partial<EnrichedQuote> = {}): EnrichedQuote {
  return {
    type: "quote",
    symbol: "XXX",
    eventTime: "2018-01-03T15:00:00.123456Z",
    bidPrice: 156,
    bidSize: 3,
    bidExchange: "N",
    askPrice: 156.01,
    askSize: 5,
    askExchange: "N",
    conditions: ["R"],
    tape: "A",
    midPrice: 156.005,
    previousClose: 157.04,
    previousCloseDate: "2018-01-02",
    previousCloseSource: "official",
    percentChange: -0.6591,
    indicator: "Neutral",
    quality: [],
    windows: {},
    ...fields,
  };
}

/** A record of the feed as it is read, with the headers given as text. */
export function feedRecord(
  value: unknown,
  key: string | null = "XXX",
  headers: Record<string, string> = {},
): FeedRecord {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return wrap("market.enriched", 0, {
    offset: 0,
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from(text),
    headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, Buffer.from(header)])),
    timestampMs: 0,
  });
}

/** A quote's record under its own symbol. */
export function quoteRecord(fields: Partial<EnrichedQuote> = {}): FeedRecord<"quote"> {
  const quote = quoteOf(fields);
  return feedRecord(quote, quote.symbol) as FeedRecord<"quote">;
}

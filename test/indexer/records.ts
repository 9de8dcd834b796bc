import type { IncomingRecord } from "../../runtime/kafka/types.ts";

const sourceHeaders = {
  "source-partition": "3",
  "source-offset": "41",
  "source-index": "0",
  "log-id": "LOGidLOGidLOGidLOGid00",
};

/** A record as the reader hands it over, with the headers of an output. */
export function incoming(value: string | null, headers: Readonly<Record<string, string>> = {}): IncomingRecord {
  return {
    offset: 7,
    key: Buffer.from("XXX"),
    value: value === null ? null : Buffer.from(value),
    headers: Object.fromEntries(
      Object.entries({ ...sourceHeaders, ...headers }).map(([name, text]) => [name, Buffer.from(text)]),
    ),
    timestampMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  };
}

/** A whole enriched quote (design: Names on the wire). */
export function quoteValue(eventTime: string, bidPrice = 156): string {
  const window =
    '{"start":"2018-01-03T15:00:00Z","open":156.02,"high":156.04,"low":155.99,"close":156.005,"timeWeightedAverage":156.013,"count":42,"spreadBps":0.71}';
  return `{"type":"quote","symbol":"XXX","eventTime":"${eventTime}","bidPrice":${bidPrice},"bidSize":3,"bidExchange":"N","askPrice":156.01,"askSize":5,"askExchange":"N","conditions":["R"],"tape":"A","midPrice":156.005,"previousClose":157.04,"previousCloseDate":"2018-01-02","previousCloseSource":"official","percentChange":-0.6591,"indicator":"Neutral","quality":[],"windows":{"1m":${window},"5m":${window}}}`;
}

export function candleValue(start: string, revision: number, close = 156.005): string {
  return `{"type":"candle","symbol":"XXX","interval":"1m","start":"${start}","end":"2018-01-03T15:01:00Z","revision":${revision},"open":156.02,"high":156.04,"low":155.99,"close":${close},"timeWeightedAverage":156.013,"count":42,"spreadBps":0.71,"tradeOpen":156.01,"tradeHigh":156.03,"tradeLow":156,"tradeClose":156.01,"volume":5200,"vwap":156.0141,"tradeCount":31,"previousClose":157.04,"previousCloseDate":"2018-01-02","percentChange":-0.6591,"indicator":"Neutral","incomplete":true}`;
}

export const gapValue =
  '{"type":"gap","symbol":null,"from":"2018-01-03T23:59:00Z","to":"2018-01-04T00:01:00Z","reason":"disconnected"}';

/** One value of each other kind, as design.md shows them. */
export const otherValues: readonly string[] = [
  gapValue,
  '{"type":"trade","symbol":"XXX","eventTime":"2018-01-03T15:00:00.1Z","tradeId":286,"exchange":"V","price":158.48,"size":100,"conditions":["@"],"tape":"A","previousClose":157.04,"previousCloseDate":"2018-01-02","previousCloseSource":"official","percentChange":0.917,"indicator":"Neutral","quality":[]}',
  '{"type":"correction","symbol":"XXX","eventTime":"2018-01-03T15:00:00.1Z","exchange":"V","originalTradeId":286,"originalPrice":158.48,"originalSize":100,"correctedTradeId":290,"correctedPrice":158.46,"correctedSize":100,"conditions":["@"],"tape":"A","quality":["unmatched"]}',
  '{"type":"cancel","symbol":"XXX","eventTime":"2018-01-03T15:00:00.1Z","exchange":"V","tradeId":286,"price":158.48,"size":100,"action":"C","tape":"A","quality":[]}',
  '{"type":"bar","symbol":"XXX","eventTime":"2018-01-03T15:00:00Z","interval":"1m","open":158.5,"high":158.6,"low":158.4,"close":158.48,"volume":1200,"tradeCount":10,"vwap":158.47,"updated":false,"previousClose":157.04,"percentChange":0.91,"indicator":"Neutral","quality":[]}',
  '{"type":"alert","kind":"indicatorFlip","symbol":"XXX","eventTime":"2018-01-03T15:00:00Z","from":"Neutral","to":"Bullish","midPrice":165,"previousClose":157.04,"percentChange":5.06}',
];

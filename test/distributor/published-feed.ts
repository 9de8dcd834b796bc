import { partitionOf } from "../../domain/partition.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import type { OutgoingRecord } from "../../runtime/kafka/types.ts";
import { topics } from "../support/broker.ts";

const symbols = ["AAPL", "AMZN", "MSFT", "NVDA"];

/** A part of the feed as the enricher would publish it: so many quotes of each symbol, a trade for each fifth, a candle for each tenth, and a gap. */
export function feedPart(
  from: number,
  count: number,
  receivedMicros = Date.now() * 1000,
): ReadonlyMap<string, OutgoingRecord[]> {
  const enriched: OutgoingRecord[] = [];
  const candles: OutgoingRecord[] = [];
  const recordOf = (symbol: string | null, partition: number, n: number, value: string): OutgoingRecord => ({
    partition,
    key: symbol,
    value,
    headers: {
      "source-partition": String(partition),
      "source-offset": String(n),
      "source-index": "0",
      "log-id": "AAAAAAAAAAAAAAAAAAAAAA",
      "received-time": String(receivedMicros),
      "enriched-time": String(receivedMicros + 900),
    },
  });
  for (let n = from; n < from + count; n++) {
    for (const symbol of symbols) {
      const partition = partitionOf(symbol, defaultPartitions);
      const time = new Date(Date.UTC(2024, 6, 11, 14, 30) + n * 700).toISOString();
      enriched.push(recordOf(symbol, partition, n, quoteValue(symbol, time, n)));
      if (n % 5 === 0) enriched.push(recordOf(symbol, partition, n, tradeValue(symbol, time, n)));
      if (n % 10 === 0) candles.push(recordOf(symbol, partition, n, candleValue(symbol, n)));
    }
  }
  const gap =
    '{"type":"gap","symbol":null,"from":"2024-07-11T15:00:00Z","to":"2024-07-11T15:00:07Z","reason":"disconnected"}';
  for (let partition = 0; partition < defaultPartitions; partition++) {
    enriched.push(recordOf(null, partition, from + count, gap));
  }
  return new Map([
    [topics.enriched, enriched],
    [topics.candles, candles],
  ]);
}

function quoteValue(symbol: string, time: string, n: number): string {
  const window = `{"start":"2024-07-11T14:30:00Z","open":${100 + (n % 7)},"count":${n}}`;
  return `{"type":"quote","symbol":"${symbol}","eventTime":"${time}","bidPrice":${100 + (n % 13)},"bidSize":1,"askPrice":${101 + (n % 13)}.5,"midPrice":${100 + (n % 13)}.75,"previousClose":100,"percentChange":${n % 13},"indicator":"Neutral","quality":[],"windows":{"1m":${window}}}`;
}

function tradeValue(symbol: string, time: string, n: number): string {
  return `{"type":"trade","symbol":"${symbol}","eventTime":"${time}","tradeId":9007199254740993${n},"exchange":"V","price":100.5,"size":10}`;
}

/** Of each three minutes one has no trades, and one is a revision. */
function candleValue(symbol: string, n: number): string {
  const start = new Date(Date.UTC(2024, 6, 11, 14, 30) + n * 6000).toISOString().slice(0, 19);
  const trades =
    n % 30 === 10
      ? ""
      : '"tradeOpen":100,"tradeHigh":106,"tradeLow":99.5,"tradeClose":105.5,"volume":1200,"vwap":101,"tradeCount":9,';
  return `{"type":"candle","symbol":"${symbol}","interval":"1m","start":"${start}Z","end":"${start}Z","revision":${n % 30 === 20 ? 1 : 0},"open":100,"close":101,"count":4,${trades}"previousClose":100,"previousCloseDate":"2024-07-10","percentChange":1,"indicator":"Neutral"}`;
}

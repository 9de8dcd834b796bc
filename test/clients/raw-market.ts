import { partitionOf } from "../../domain/partition.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import type { Kafka } from "../../runtime/kafka/types.ts";
import { topics } from "../support/broker.ts";
import { at, quoteLine, referenceLine } from "../support/raw-lines.ts";

const symbols = ["AAPL", "AMZN", "MSFT", "NVDA"];
/** Quotes and trades of each symbol, five seconds apart, so that minutes close. */
const count = 40;
const previousClose = 100;
export const enrichedCount = symbols.length * count * 2;

/** A piece of the market on the raw log, as the producer writes it: two customers' symbols side by side. */
export async function publishMarket(producer: Kafka): Promise<void> {
  const sender = await producer.sender();
  const lines = symbols.flatMap((symbol) => [
    { symbol, text: referenceLine(symbol, "2024-07-11", previousClose, "2024-07-10") },
    ...Array.from({ length: count }, (_, n) => [quoteOf(symbol, n), tradeOf(symbol, n)])
      .flat()
      .map((text) => ({ symbol, text })),
  ]);
  await sender.send(
    topics.raw,
    lines.map(({ symbol, text }) => ({
      partition: partitionOf(symbol, defaultPartitions),
      key: symbol,
      value: text,
      headers: { "received-time": "1720708200000000" },
    })),
  );
  await sender.close();
}

function quoteOf(symbol: string, n: number): string {
  return quoteLine(symbol, at(n * 5), previousClose + (n % 9), previousClose + (n % 9) + 0.1);
}

function tradeOf(symbol: string, n: number): string {
  const trade = { T: "t", S: symbol, i: n, x: "V", p: previousClose + (n % 7) + 0.25, s: 10 + n, c: ["@"], z: "A" };
  return JSON.stringify({ ...trade, t: at(n * 5 + 1) });
}

type Value = Readonly<Record<string, unknown>>;

/** The values that each customer must see, sorted. */
export interface ExpectedProducts {
  readonly alice: readonly string[];
  readonly bob: readonly string[];
}

/** What each product must hold, worked out from what the pipeline has published, by the words of its definition alone. */
export function expectedProducts(enriched: readonly string[], candles: readonly string[]): ExpectedProducts {
  const values = [...enriched, ...candles].map((text) => JSON.parse(text) as Value);
  const some = (type: string, symbols: readonly string[], fields: readonly string[]) =>
    values
      .filter((value) => value["type"] === type && symbols.includes(String(value["symbol"])))
      .map((value) => JSON.stringify(Object.fromEntries(fields.flatMap((field) => fieldOf(value, field)))));
  const bars = values.filter((value) => value["interval"] === "1m" && value["revision"] === 0 && "tradeOpen" in value);
  const barsOf = (symbol: string) => bars.filter((value) => value["symbol"] === symbol).map(barText);
  const [ofAlice, ofBob] = [
    ["AAPL", "MSFT"],
    ["AMZN", "NVDA"],
  ] as const;
  const trade = ["type", "symbol", "eventTime", "tradeId", "exchange", "price", "size"];
  const candle = ["type", "symbol", "interval", "start", "end", "revision", "tradeClose"];
  return {
    alice: some("quote", ofAlice, ["type", "symbol", "eventTime", "midPrice", "indicator"]).toSorted(),
    bob: [
      ...some("trade", ofBob, trade),
      ...some("candle", ofBob, candle),
      ...barsOf("AMZN"),
      ...barsOf("NVDA"),
    ].toSorted(),
  };
}

function fieldOf(value: Value, field: string): readonly [string, unknown][] {
  return field in value ? [[field, value[field]]] : [];
}

function barText(candle: Value): string {
  const { symbol, tradeClose: close, tradeOpen: open, tradeLow: low, tradeHigh: high, volume, start } = candle;
  const timestamp = String(start).replace("T", " ").replace("Z", "");
  // Of a previous close of 100 the change is the difference; 5 percent up or down is the threshold.
  const change = Number((Number(close) - previousClose).toFixed(4));
  const indicator = change >= 5 ? "Bullish" : change <= -5 ? "Bearish" : "Neutral";
  return JSON.stringify({ symbol, close, open, low, high, volume, timestamp, "%change": change, indicator });
}

import { expect, it } from "vitest";
import { LatencyWindow } from "../../consumer/command/latency.ts";
import { LatestPrices } from "../../consumer/command/latest-prices.ts";
import { feedRecord, quoteOf, quoteRecord } from "./records.ts";

it("a record tells symbol, value and source position", () => {
  const record = feedRecord(quoteOf(), "XXX", {
    "log-id": "qG6poJF7S_Cvs-Q1efnXaQ",
    "source-partition": "11",
    "source-offset": "9007199254740991",
    "source-index": "2",
    "received-time": "1514991600123456",
  });
  expect(record.symbol).toBe("XXX");
  expect(record.value).toEqual(quoteOf());
  expect(record.receivedTimeMicros).toBe(1_514_991_600_123_456);
  expect(record.source).toEqual({
    logId: "qG6poJF7S_Cvs-Q1efnXaQ",
    partition: 11,
    offset: Number.MAX_SAFE_INTEGER,
    index: 2,
  });
});

it("without its headers a record has no source position, and no time of receipt", () => {
  expect(feedRecord(quoteOf()).source).toBeNull();
  expect(feedRecord(quoteOf()).receivedTimeMicros).toBeNull();
});

it("P4: a kind is told by the value's beginning, and nothing else is taken for it", () => {
  for (const kind of ["quote", "trade", "correction", "cancel", "bar", "gap", "candle", "alert"] as const) {
    expect(feedRecord({ type: kind, symbol: "XXX" }).kind).toBe(kind);
  }
  expect(feedRecord({ symbol: "XXX", close: 1, open: 1 }).kind).toBe("minuteBar");
  for (const value of [{ type: "quotes" }, { type: "imbalance" }, "", '{"type":"quot', "[]", "null"]) {
    expect(feedRecord(value).kind).toBe("unknown");
  }
  expect(feedRecord('{ "symbol": "XXX", "type": "candle" }').kind).toBe("candle");
});

it("a record of a kind that is not known yet keeps its value, and one that is no JSON has none", () => {
  expect(feedRecord({ type: "imbalance", symbol: "XXX", side: "buy" }).value).toEqual({
    type: "imbalance",
    symbol: "XXX",
    side: "buy",
  });
  expect(feedRecord("not json").value).toEqual({});
});

it("the latest price of a symbol is its newest usable quote's (Q2)", () => {
  const prices = new LatestPrices();
  prices.note(quoteRecord({ midPrice: 1 }));
  prices.note(quoteRecord({ midPrice: 2 }));
  prices.note(quoteRecord({ symbol: "YYY", midPrice: 3, indicator: "Bullish" }));
  expect(prices.snapshot().map(({ symbol, midPrice }) => [symbol, midPrice])).toEqual([
    ["XXX", 2],
    ["YYY", 3],
  ]);
  prices.note(quoteRecord({ midPrice: null, percentChange: null, indicator: null }));
  expect(prices.snapshot()[0]?.midPrice).toBe(2);
});

it("percentiles are those of the latest samples, by nearest rank", () => {
  const window = new LatencyWindow();
  expect(window.percentile(50)).toBeUndefined();
  for (let sample = 1; sample <= 100; sample++) window.add(sample);
  expect([window.percentile(50), window.percentile(99)]).toEqual([50, 99]);
  for (let sample = 0; sample < 5000; sample++) window.add(7);
  expect([window.percentile(1), window.percentile(99)]).toEqual([7, 7]);
});

import { expect, it } from "vitest";
import { LatencyWindow } from "../../consumer/latency.ts";
import { LatestPrices } from "../../consumer/latest-prices.ts";
import { feedRecord, quoteOf } from "./records.ts";

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

it("a quote is told by the value's beginning, and nothing else is taken for one", () => {
  expect(feedRecord(quoteOf()).isQuote).toBe(true);
  for (const value of [{ type: "gap", symbol: null }, { type: "trade" }, "", '{"type":"quot', '{"type":"quotes"}']) {
    expect(feedRecord(value).isQuote).toBe(false);
  }
});

it("the latest price of a symbol is its newest usable quote's (Q2)", () => {
  const prices = new LatestPrices();
  prices.note(feedRecord(quoteOf({ midPrice: 1 })));
  prices.note(feedRecord(quoteOf({ midPrice: 2 })));
  prices.note(feedRecord(quoteOf({ symbol: "YYY", midPrice: 3, indicator: "Bullish" }), "YYY"));
  expect(prices.snapshot().map(({ symbol, midPrice }) => [symbol, midPrice])).toEqual([
    ["XXX", 2],
    ["YYY", 3],
  ]);
  prices.note(feedRecord(quoteOf({ midPrice: null, percentChange: null, indicator: null })));
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

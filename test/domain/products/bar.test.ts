import { expect, it } from "vitest";
import { productBarJson, productBarSchema } from "../../../domain/products/bar.ts";

const candle = {
  type: "candle",
  symbol: "AMZN",
  interval: "1m",
  start: "2024-07-11T19:49:00Z",
  end: "2024-07-11T19:50:00Z",
  revision: 0,
  open: 200.5,
  close: 199,
  tradeOpen: 195.1,
  tradeHigh: 195.2,
  tradeLow: 195.005,
  tradeClose: 195.05,
  volume: 1200,
  tradeCount: 7,
  previousClose: 199.79,
  percentChange: -0.4,
  indicator: "Neutral",
};
const five = (_symbol: string) => 50_000;
const bar = (other: Record<string, unknown> = {}, thresholdOf: (symbol: string) => number = five) =>
  productBarJson({ ...candle, ...other }, thresholdOf);

it("has the sample's keys in the sample's order, from the trades, at the window's start in UTC", () => {
  expect(bar()).toBe(
    '{"symbol":"AMZN","close":195.05,"open":195.1,"low":195.005,"high":195.2,"volume":1200,"timestamp":"2024-07-11 19:49:00","%change":-2.3725,"indicator":"Neutral"}',
  );
  expect(Object.keys(productBarSchema.parse(JSON.parse(String(bar()))))).toEqual([
    "symbol",
    "close",
    "open",
    "low",
    "high",
    "volume",
    "timestamp",
    "%change",
    "indicator",
  ]);
});

it("I1: the indicator is of the last trade, inclusive and exact, by the threshold of the symbol", () => {
  const indicatorAt = (tradeClose: number, thresholdOf = five) =>
    JSON.parse(String(bar({ tradeClose, previousClose: 100 }, thresholdOf))) as unknown;
  expect(indicatorAt(105)).toMatchObject({ "%change": 5, indicator: "Bullish" });
  expect(indicatorAt(104.999999)).toMatchObject({ "%change": 5, indicator: "Neutral" });
  expect(indicatorAt(95)).toMatchObject({ "%change": -5, indicator: "Bearish" });
  expect(indicatorAt(102, (symbol) => (symbol === "AMZN" ? 20_000 : 50_000))).toMatchObject({ indicator: "Bullish" });
});

it("I2: without a previous close there is no change and no indicator", () => {
  expect(bar({ previousClose: null })).toContain('"%change":null,"indicator":null}');
});

it.each([
  ["of another interval", { interval: "5m" }],
  ["that is revised", { revision: 1 }],
  [
    "without trades",
    { tradeOpen: undefined, tradeHigh: undefined, tradeLow: undefined, tradeClose: undefined, volume: undefined },
  ],
  ["of odd lots alone", { tradeOpen: undefined, tradeHigh: undefined, tradeLow: undefined, tradeClose: undefined }],
])("a candle %s gives no bar", (_what, other) => {
  expect(bar(other)).toBeNull();
});

it.each([
  ["missingField", { symbol: undefined }],
  ["missingField", { previousClose: undefined }],
  ["badTime", { start: "yesterday" }],
  ["badPrice", { tradeClose: -1 }],
  ["badPrice", { tradeClose: undefined }],
])("D3: a candle is rejected as %s", (reason, other) => {
  expect(bar(other)).toEqual({ reason });
});

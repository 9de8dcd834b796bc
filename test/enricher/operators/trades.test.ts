import { expect, it } from "vitest";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { keptTradesMax } from "../../../enricher/operators/kept-trades.ts";
import { createTopology } from "../../../enricher/topology.ts";
import {
  cancelText,
  decodeText,
  foldEach,
  heartbeatText,
  lastEnriched,
  midText,
  published,
  quoteText,
  referenceText,
  settingsText,
  tradeText,
  values,
} from "../../support/raw-log.ts";

const oneMinute = settingsText({ intervals: ["1m"] });
/** The candle of the minute from 15:00. */
const candleOf = (...texts: string[]) => published([oneMinute, ...texts, heartbeatText("15:01:01")], "candles")[0];
const sale = (time: string, p: number, s: number, ...c: string[]) => tradeText(time, { p, s, c });

it("P4: an enriched trade is written as the design shows it, to the byte", () => {
  const reference = referenceText("2018-01-03", { previousClose: 157.04 });
  const outputs = foldEach([reference, tradeText("15:00:00.120", { i: 286, p: 158.48 })])[1];
  expect(outputs).toEqual([
    {
      ...{ stream: "enriched", type: "trade", key: "XXX", indicator: "Neutral" },
      value:
        '{"type":"trade","symbol":"XXX","eventTime":"2018-01-03T15:00:00.12Z","tradeId":286,"exchange":"V","price":158.48,"size":100,' +
        '"conditions":["@"],"tape":"A","previousClose":157.04,"previousCloseDate":"2018-01-02","previousCloseSource":"official",' +
        '"percentChange":0.917,"indicator":"Neutral","quality":[]}',
    },
  ]);
});

it("P4: a candle of both sides is written as the design shows it, to the byte", () => {
  const texts = [oneMinute, referenceText("2018-01-03"), quoteText(), tradeText("15:00:01", { p: 99.5 })];
  expect(foldEach([...texts, heartbeatText("15:01:01")]).at(-1)).toEqual([
    {
      ...{ stream: "candles", key: "XXX" },
      value:
        '{"type":"candle","symbol":"XXX","interval":"1m","start":"2018-01-03T15:00:00Z","end":"2018-01-03T15:01:00Z","revision":0,' +
        '"open":100,"high":100,"low":100,"close":100,"timeWeightedAverage":100,"count":1,"spreadBps":2,' +
        '"tradeOpen":99.5,"tradeHigh":99.5,"tradeLow":99.5,"tradeClose":99.5,"volume":100,"vwap":99.5,"tradeCount":1,' +
        '"previousClose":100,"previousCloseDate":"2018-01-02","percentChange":0,"indicator":"Neutral"}',
    },
  ]);
});

it("an id beyond 2^53 is published digit for digit", () => {
  const [output] = foldEach([tradeText("15:00:00").replace('"i":1', '"i":9007199254740993')])[0] ?? [];
  expect(output?.stream === "enriched" && output.value).toContain('"tradeId":9007199254740993,');
});

it("I1: a trade's change is that of its own price, and of both bounds inclusive", () => {
  const at = (p: number) => lastEnriched(referenceText("2018-01-03"), tradeText("15:00:00", { p }));
  expect(at(105)).toMatchObject({ percentChange: 5, indicator: "Bullish" });
  expect(at(104.999999)).toMatchObject({ percentChange: 5, indicator: "Neutral" });
  expect(at(95)).toMatchObject({ percentChange: -5, indicator: "Bearish" });
});

it("I2: a trade without a previous close says so", () => {
  expect(lastEnriched(tradeText("15:00:00"))).toMatchObject({
    ...{ previousClose: null, previousCloseDate: null, previousCloseSource: null },
    ...{ percentChange: null, indicator: null, quality: ["noPreviousClose"] },
  });
});

it("P3: a trade with a price of zero is published without a change, and counts in no window", () => {
  const free = tradeText("15:00:00", { p: 0 });
  expect(lastEnriched(referenceText("2018-01-03"), free)).toMatchObject({ price: 0, percentChange: null, quality: [] });
  expect(published([free, heartbeatText("16:00:00")], "candles")).toEqual([]);
});

it("W5: trades open with the first, close with the last, and sum up volume, vwap and count", () => {
  const trades = [
    sale("15:00:01", 100, 10),
    sale("15:00:02", 104, 30),
    sale("15:00:03", 99, 20),
    sale("15:00:04", 101, 40),
  ];
  expect(candleOf(...trades)).toMatchObject({
    ...{ tradeOpen: 100, tradeHigh: 104, tradeLow: 99, tradeClose: 101 },
    ...{ volume: 100, tradeCount: 4, vwap: (1000 + 3120 + 1980 + 4040) / 100 },
  });
});

it("W1: first and last are by event time, of equal times by their place on the log", () => {
  const trades = [
    sale("15:00:02", 102, 1),
    sale("15:00:01", 101, 1),
    sale("15:00:03", 103, 1),
    sale("15:00:02.5", 90, 1),
  ];
  expect(candleOf(...trades)).toMatchObject({ tradeOpen: 101, tradeClose: 103, tradeLow: 90 });
  const equal = [sale("15:00:01", 101, 1), sale("15:00:01", 102, 1), sale("15:00:01", 103, 1)];
  expect(candleOf(...equal)).toMatchObject({ tradeOpen: 101, tradeClose: 103 });
  const nanos = [sale("15:00:01.000000002", 102, 1), sale("15:00:01.000000001", 101, 1)];
  expect(candleOf(...nanos)).toMatchObject({ tradeOpen: 101, tradeClose: 102 });
});

it("W5: an odd lot counts for volume and count, not for prices and vwap", () => {
  const trades = [sale("15:00:01", 100, 100), sale("15:00:02", 500, 7, "@", "I")];
  expect(candleOf(...trades)).toMatchObject({ tradeHigh: 100, tradeClose: 100, vwap: 100, volume: 107, tradeCount: 2 });
});

it("W5: odd lots alone leave out prices and vwap", () => {
  const candle = candleOf(sale("15:00:02", 500, 7, "I"));
  expect(candle).toMatchObject({ volume: 7, tradeCount: 1 });
  expect(Object.keys(candle ?? {}).filter((key) => /trade[OHL]|tradeClose|vwap/.test(key))).toEqual([]);
});

it("W5: the official close and open count for nothing", () => {
  const trades = [sale("15:00:01", 100, 100), sale("15:00:02", 500, 100, "M"), sale("15:00:03", 1, 100, "Q")];
  expect(candleOf(...trades)).toMatchObject({ tradeHigh: 100, tradeLow: 100, volume: 100, tradeCount: 1 });
});

it("W5: a side with nothing leaves out all its keys; without quotes the change is null beside the previous close", () => {
  const trades = candleOf(referenceText("2018-01-03"), sale("15:00:01", 110, 100));
  expect(Object.keys(trades ?? {})).toEqual([
    ...["type", "symbol", "interval", "start", "end", "revision", "tradeOpen", "tradeHigh", "tradeLow", "tradeClose"],
    ...["volume", "vwap", "tradeCount", "previousClose", "previousCloseDate", "percentChange", "indicator"],
  ]);
  expect(trades).toMatchObject({ previousClose: 100, percentChange: null, indicator: null });
  const quotes = candleOf(midText(100, "15:00:01"), sale("15:00:02", 110, 100, "M"));
  expect(Object.keys(quotes ?? {}).filter((key) => /trade|volume|vwap/.test(key))).toEqual([]);
});

it("P2: vwap is rounded to the millionth, halves away from zero", () => {
  expect(candleOf(sale("15:00:01", 100, 1), sale("15:00:02", 100.000001, 1))?.["vwap"]).toBe(100.000001);
  expect(candleOf(sale("15:00:01", 100, 2), sale("15:00:02", 100.000001, 1))?.["vwap"]).toBe(100);
});

it("W5: trades without any size have prices and no vwap", () => {
  const candle = candleOf(sale("15:00:01", 100, 0));
  expect(candle).toMatchObject({ tradeClose: 100, volume: 0, tradeCount: 1 });
  expect(candle).not.toHaveProperty("vwap");
});

it("W6: a trade changes nothing of the running values, and opens none", () => {
  expect(lastEnriched(tradeText("15:00:01"), quoteText({ bp: 0, t: "2018-01-03T15:00:02Z" })).windows).toEqual({});
  const { windows } = lastEnriched(tradeText("15:00:01", { p: 500 }), midText(100, "15:00:02"));
  expect(windows["1m"]).toMatchObject({ open: 100, high: 100, count: 1, timeWeightedAverage: 100 });
});

it("W5: the average begins with the first quote, not with a trade before it", () => {
  const texts = [sale("15:00:01", 500, 1), midText(100, "15:00:20"), midText(103, "15:00:40")];
  expect(candleOf(...texts)).toMatchObject({ timeWeightedAverage: 101.5, open: 100, low: 100 });
});

it("W7: of very many trades the oldest are let go, counted, and no longer found; the sums keep them", () => {
  const topology = createTopology(nyse);
  const state = topology.initial();
  const fold = (text: string) => topology.fold(state, decodeText(text));
  fold(oneMinute);
  const prices = [50, 200];
  for (let i = 0; i <= keptTradesMax; i++) fold(tradeText("15:00:10", { i, p: prices[i] ?? 100, s: 1 }));
  expect(state.tradesLetGo).toBe(1000);
  expect(state.symbols.get("XXX")?.trades).toHaveLength(keptTradesMax - 999);
  expect(values(fold(cancelText("15:00:11", { i: 999 })), "enriched")[0]?.["quality"]).toEqual(["unmatched"]);
  expect(values(fold(cancelText("15:00:11", { i: 1000 })), "enriched")[0]?.["quality"]).toEqual([]);
  expect(values(fold(heartbeatText("15:01:01")), "candles")[0]).toMatchObject({
    ...{ tradeOpen: 50, tradeHigh: 200, tradeLow: 50, tradeClose: 100, tradeCount: keptTradesMax },
    ...{ volume: keptTradesMax, vwap: (50 + 200 + (keptTradesMax - 2) * 100) / keptTradesMax },
  });
});

it("W7: trades are kept as long as a window holds them, and no longer", () => {
  const topology = createTopology(nyse);
  const state = topology.initial();
  const keptAfter = (text: string) => {
    topology.fold(state, decodeText(text));
    return state.symbols.get("XXX")?.trades.map(({ id }) => id);
  };
  expect(keptAfter(tradeText("15:00:10", { i: 1 }))).toEqual(["1"]);
  expect(keptAfter(tradeText("15:05:01", { i: 2 }))).toEqual(["1", "2"]);
  expect(keptAfter(heartbeatText("15:06:00.999"))).toEqual(["1", "2"]);
  expect(keptAfter(heartbeatText("15:06:01"))).toEqual(["2"]);
  expect(keptAfter(heartbeatText("15:11:01"))).toEqual([]);
  expect(keptAfter(tradeText("15:00:10", { i: 3 }))).toEqual([]);
  expect(state.symbols.get("XXX")?.windows).toEqual([]);
  expect([state.due, state.graced]).toEqual([[], []]);
});

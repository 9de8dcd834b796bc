import { expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { createTopology } from "../../enricher/topology.ts";
import {
  decodeText,
  foldEach,
  heartbeatText,
  lastEnriched,
  midText,
  published,
  quoteText,
  referenceText,
  settingsText,
} from "../support/raw-log.ts";

it("P4: an enriched quote is written as the design shows it, to the byte", () => {
  const reference = referenceText("2018-01-03", { previousClose: 157.04 });
  const quote = quoteText({ bp: 156, bs: 3, ap: 156.01, as: 5, t: "2018-01-03T15:00:00.123456000Z" });
  expect(foldEach([reference, settingsText({ intervals: ["1m"] }), quote])[2]).toMatchObject([
    {
      stream: "enriched",
      key: "XXX",
      value:
        '{"type":"quote","symbol":"XXX","eventTime":"2018-01-03T15:00:00.123456Z","bidPrice":156,"bidSize":3,"bidExchange":"N",' +
        '"askPrice":156.01,"askSize":5,"askExchange":"N","conditions":["R"],"tape":"A","midPrice":156.005,"previousClose":157.04,' +
        '"previousCloseDate":"2018-01-02","previousCloseSource":"official","percentChange":-0.6591,"indicator":"Neutral","quality":[],' +
        '"windows":{"1m":{"start":"2018-01-03T15:00:00Z","open":156.005,"high":156.005,"low":156.005,"close":156.005,' +
        '"timeWeightedAverage":156.005,"count":1,"spreadBps":0.641}}}',
    },
  ]);
});

it("P4: a candle is written as the design shows it, to the byte", () => {
  const texts = [referenceText("2018-01-03"), quoteText(), heartbeatText("15:01:01")];
  expect(foldEach(texts)[2]).toMatchObject([
    {
      stream: "candles",
      key: "XXX",
      value:
        '{"type":"candle","symbol":"XXX","interval":"1m","start":"2018-01-03T15:00:00Z","end":"2018-01-03T15:01:00Z","revision":0,' +
        '"open":100,"high":100,"low":100,"close":100,"timeWeightedAverage":100,"count":1,"spreadBps":2,' +
        '"previousClose":100,"previousCloseDate":"2018-01-02","percentChange":0,"indicator":"Neutral"}',
    },
  ]);
});

it("P4: texts of the market are escaped as JSON, and written back as they came", () => {
  const fields = { S: 'A"B\\\n', bx: "é", ax: "\u2028", c: ["R", '"'], z: "" };
  expect(lastEnriched(quoteText(fields))).toMatchObject({
    symbol: 'A"B\\\n',
    bidExchange: "é",
    askExchange: "\u2028",
    conditions: ["R", '"'],
    tape: "",
  });
});

it("P2: a quote's numbers are plain: no exponent, no -0, no trailing zeros", () => {
  const [outputs] = foldEach([quoteText({ bp: 0.000001, ap: 0.000001, bs: 9_007_199_254_740_991, as: 0 })]);
  const [output] = outputs ?? [];
  const value = output?.stream === "enriched" ? output.value : "";
  expect(value).toContain('"bidPrice":0.000001,"bidSize":9007199254740991,');
  expect(value).toContain('"midPrice":0.000001,');
  const zero = foldEach([quoteText().replace('"bp":99.99', '"bp":-0.0')])[0]?.[0];
  expect(zero?.stream === "enriched" && zero.value).toContain('"bidPrice":0,');
});

it("D6: candles come by end, then interval, then symbol in code-unit order, whatever order they were opened in", () => {
  const symbols = ["a", "é", "B", "AB", "A", "😀", "\uff5e"];
  const opened = ["15:04:00.5", "15:03:59.9"].flatMap((time) => symbols.map((S) => midText(100, time, { S })));
  const outputs = foldEach([...opened, heartbeatText("15:10:00")]).at(-1) ?? [];
  const order = ["A", "AB", "B", "a", "é", "😀", "\uff5e"];
  const groups = outputs.map((output) => {
    const { end, interval, symbol } = JSON.parse(output.stream === "candles" ? output.value : "{}");
    return [end, interval, symbol];
  });
  expect(groups).toEqual([
    ...order.map((symbol) => ["2018-01-03T15:04:00Z", "1m", symbol]),
    ...order.map((symbol) => ["2018-01-03T15:05:00Z", "1m", symbol]),
    ...order.map((symbol) => ["2018-01-03T15:05:00Z", "5m", symbol]),
  ]);
});

it("D6: the candles that a quote closes come before the quote", () => {
  const outputs = foldEach([midText(100, "15:00:10"), midText(101, "15:05:01")])[1] ?? [];
  expect(outputs.map((output) => output.stream)).toEqual(["candles", "candles", "enriched"]);
});

it("W2: windows close before the record that closes them is folded", () => {
  const settings = settingsText({ maxOutOfOrderMs: 0, intervals: ["1m"] });
  const [candle] = published([settings, midText(100, "15:00:10"), midText(200, "15:01:00")], "candles");
  expect(candle).toMatchObject({ high: 100, count: 1 });
});

it("D3: a rejected record gives one dead letter with its reason, and the feed goes on", () => {
  const topology = createTopology(nyse);
  const state = topology.initial();
  const before = structuredClone(state);
  expect(topology.fold(state, decodeText("{"))).toEqual([{ stream: "deadLetter", reason: "notJson" }]);
  expect(topology.fold(state, "tooLarge")).toEqual([{ stream: "deadLetter", reason: "tooLarge" }]);
  expect(state).toEqual(before);
  expect(topology.fold(state, decodeText(quoteText()))).toHaveLength(1);
});

it("W8, D3: a record that breaks a rule and comes from the future has its first reason only", () => {
  const outputs = foldEach([heartbeatText("15:00:00"), midText(100, "16:00:00", { bs: -1 })]);
  expect(outputs[1]).toEqual([{ stream: "deadLetter", reason: "badSize" }]);
});

it("a trading status, bands, an imbalance and control records but a gap publish nothing of their own", () => {
  const t = "2018-01-03T15:00:00Z";
  const signs = [
    { T: "s", S: "XXX", sc: "H", sm: "", rc: "", rm: "", t, z: "C" },
    { T: "l", S: "XXX", u: 101, d: 99, i: "B", t, z: "C" },
    { T: "i", S: "XXX", p: 100, t, z: "C" },
    { T: "split", S: "XXX", exDate: "2018-01-03", oldRate: 1, newRate: 2 },
  ];
  const controls = [referenceText("2018-01-03"), settingsText(), heartbeatText("15:00:00")];
  expect(foldEach([...signs.map((sign) => JSON.stringify(sign)), ...controls]).flat()).toEqual([]);
});

it("settings that name an unknown calendar stop the fold, and say what to do", () => {
  const texts = [settingsText({ calendar: "elsewhere-1" })];
  expect(() => foldEach(texts)).toThrow(
    expect.objectContaining({ code: "unknownCalendar", remedy: expect.stringContaining("same version") }),
  );
});

it("two folds of one topology do not touch each other", () => {
  const topology = createTopology(nyse);
  const [one, other] = [topology.initial(), topology.initial()];
  topology.fold(one, decodeText(midText(100, "15:00:10")));
  topology.fold(one, decodeText(settingsText({ maxOutOfOrderMs: 0 })));
  expect(other).toEqual(topology.initial());
});

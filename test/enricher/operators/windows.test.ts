import { expect, it } from "vitest";
import {
  heartbeatText,
  lastEnriched,
  midText,
  published,
  quoteText,
  referenceText,
  settingsText,
  tradeText,
} from "../../support/raw-log.ts";

const oneMinute = settingsText({ intervals: ["1m"] });
/** The candle of the minute from 15:00. */
const candleOf = (...texts: string[]) => published([oneMinute, ...texts, heartbeatText("15:01:01")], "candles")[0];
const running = (...texts: string[]) => lastEnriched(oneMinute, ...texts).windows["1m"];

it("W3: windows are aligned to the epoch and end before their end", () => {
  expect(running(midText(100, "15:00:00"))?.["start"]).toBe("2018-01-03T15:00:00Z");
  expect(running(midText(100, "15:00:59.999999999"))?.["start"]).toBe("2018-01-03T15:00:00Z");
  expect(running(midText(100, "15:01:00"))?.["start"]).toBe("2018-01-03T15:01:00Z");
  const { windows } = lastEnriched(midText(100, "15:04:59"));
  expect([windows["1m"]?.["start"], windows["5m"]?.["start"]]).toEqual([
    "2018-01-03T15:04:00Z",
    "2018-01-03T15:00:00Z",
  ]);
});

it("W3: other intervals are aligned to the epoch as well", () => {
  const { windows } = lastEnriched(settingsText({ intervals: ["1h", "20m", "2s"] }), midText(100, "15:59:59"));
  expect(Object.entries(windows).map(([name, window]) => [name, window?.["start"]])).toEqual([
    ["2s", "2018-01-03T15:59:58Z"],
    ["20m", "2018-01-03T15:40:00Z"],
    ["1h", "2018-01-03T15:00:00Z"],
  ]);
});

it("W3: a candle is published once, as revision 0, with its half-open bounds", () => {
  const texts = [
    midText(100, "15:00:10"),
    heartbeatText("15:05:00"),
    heartbeatText("15:07:00"),
    heartbeatText("16:00:00"),
  ];
  const candles = published(texts, "candles");
  expect(candles.map(({ interval, start, end, revision }) => [interval, start, end, revision])).toEqual([
    ["1m", "2018-01-03T15:00:00Z", "2018-01-03T15:01:00Z", 0],
    ["5m", "2018-01-03T15:00:00Z", "2018-01-03T15:05:00Z", 0],
  ]);
});

it("W3: a window with no usable quote and no trade that counts gives no candle", () => {
  const unusable = quoteText({ bp: 0, t: "2018-01-03T15:00:10Z" });
  const official = tradeText("15:00:20", { c: ["M"] });
  expect(published([unusable, official, heartbeatText("15:30:00")], "candles")).toEqual([]);
});

it("W3: silent windows between two quotes give no candle", () => {
  const texts = [oneMinute, midText(100, "15:00:10"), midText(100, "15:10:10"), heartbeatText("15:20:00")];
  expect(published(texts, "candles").map((candle) => candle["start"])).toEqual([
    "2018-01-03T15:00:00Z",
    "2018-01-03T15:10:00Z",
  ]);
});

it("W5: open and close are first and last, high and low the extremes, and count is all", () => {
  const mids = [100, 103, 98, 101].map((mid, index) => midText(mid, `15:00:${10 + index}`));
  expect(candleOf(...mids)).toMatchObject({ open: 100, high: 103, low: 98, close: 101, count: 4 });
});

it("W5: first and last go by event time, not by arrival", () => {
  const texts = [
    midText(101, "15:00:20"),
    midText(105, "15:00:19.5"),
    midText(99, "15:00:19.2"),
    midText(104, "15:00:19.4"),
  ];
  expect(candleOf(...texts)).toMatchObject({ open: 99, high: 105, low: 99, close: 101, count: 4 });
});

it("W5: nanoseconds decide which is first and last", () => {
  const texts = ["100000002", "100000001", "100000003"].map((nanos, index) =>
    midText(100 + index, `15:00:10.${nanos}`),
  );
  expect(candleOf(...texts)).toMatchObject({ open: 101, close: 102 });
  const backwards = ["100000003", "100000002"].map((nanos, index) => midText(100 + index, `15:00:10.${nanos}`));
  expect(candleOf(...backwards)).toMatchObject({ open: 101, close: 100 });
});

it("W1: of equal times the later on the log counts as later: it closes, and it does not open", () => {
  const texts = [midText(100, "15:00:10"), midText(101, "15:00:10"), midText(102, "15:00:10")];
  expect(candleOf(...texts)).toMatchObject({ open: 100, close: 102, timeWeightedAverage: 102 });
  const older = [midText(105, "15:00:11"), midText(100, "15:00:10.5"), midText(101, "15:00:10.5")];
  expect(candleOf(...older)).toMatchObject({ open: 100, close: 105 });
});

it("W5: each mid is weighted by the time until the next, the last until the window's end", () => {
  const texts = [midText(100, "15:00:20"), midText(103, "15:00:30"), midText(101, "15:00:50")];
  expect(candleOf(...texts)?.["timeWeightedAverage"]).toBe((100 * 10 + 103 * 20 + 101 * 10) / 40);
});

it("W5: the average begins at the window's first quote on the log, and an older one does not move it", () => {
  const texts = [midText(100, "15:00:20"), midText(500, "15:00:19.5"), midText(103, "15:00:50")];
  expect(candleOf(...texts)).toMatchObject({ open: 500, timeWeightedAverage: (100 * 30 + 103 * 10) / 40, high: 500 });
});

it("W5: an older quote between two others moves neither close nor the average", () => {
  const texts = [midText(100, "15:00:20"), midText(102, "15:00:40"), midText(90, "15:00:39.5")];
  expect(candleOf(...texts)).toMatchObject({ open: 100, low: 90, close: 102, timeWeightedAverage: 101, count: 3 });
});

it("W5: the average is weighted by nanoseconds", () => {
  const texts = [midText(100, "15:00:59.999999996"), midText(104, "15:00:59.999999997")];
  expect(candleOf(...texts, midText(100, "15:00:59.999999999"))?.["timeWeightedAverage"]).toBe(102);
});

it("W5: a quote in the window's last nanosecond is in it, with its own weight", () => {
  expect(candleOf(midText(100, "15:00:59.999999999"))).toMatchObject({
    close: 100,
    timeWeightedAverage: 100,
    count: 1,
  });
});

it("W5: mids of half a millionth are kept exact, and written away from zero", () => {
  const half = quoteText({ bp: 100, ap: 100.000001, t: "2018-01-03T15:00:00Z" });
  const value = 100.000001;
  expect(candleOf(half)).toMatchObject({
    open: value,
    high: value,
    low: value,
    close: value,
    timeWeightedAverage: value,
  });
  const whole = quoteText({ bp: 100, ap: 100, t: "2018-01-03T15:00:30Z" });
  expect(candleOf(half, whole)).toMatchObject({ high: 100.000001, low: 100, timeWeightedAverage: 100 });
});

it("W5: spreadBps is the mean of 10000 x (ask - bid) / mid over every usable quote", () => {
  const quotes = [quoteText({ bp: 99, ap: 101 }), quoteText({ bp: 99.5, ap: 100.5 }), quoteText({ bp: 100, ap: 100 })];
  expect(candleOf(...quotes)?.["spreadBps"]).toBe(100);
  expect(candleOf(quoteText({ bp: 156, ap: 156.01 }))?.["spreadBps"]).toBe(0.641);
});

it("W5: a candle has the previous close and the change of its close", () => {
  const reference = referenceText("2018-01-03");
  expect(candleOf(reference, midText(90, "15:00:00"), midText(105, "15:00:01"))).toMatchObject({
    previousClose: 100,
    previousCloseDate: "2018-01-02",
    percentChange: 5,
    indicator: "Bullish",
  });
  expect(candleOf(midText(105, "15:00:01"))).toMatchObject({
    previousClose: null,
    previousCloseDate: null,
    percentChange: null,
    indicator: null,
  });
});

it("W5: a candle goes by the session date of its start, not of its end", () => {
  const references = [referenceText("2018-01-03"), referenceText("2018-01-04", { previousClose: 200 })];
  const texts = [...references, midText(100, "2018-01-04T00:59:30Z"), midText(100, "2018-01-04T01:00:00Z")];
  const candles = published([...texts, heartbeatText("2018-01-04T01:30:00Z")], "candles");
  expect(candles.map((candle) => [candle["interval"], candle["start"], candle["previousClose"]])).toEqual([
    ["1m", "2018-01-04T00:59:00Z", 100],
    ["5m", "2018-01-04T00:55:00Z", 100],
    ["1m", "2018-01-04T01:00:00Z", 200],
    ["5m", "2018-01-04T01:00:00Z", 200],
  ]);
});

it("W5: a candle has the reference in force when it is published", () => {
  const changed = referenceText("2018-01-03", { previousClose: 50 });
  expect(candleOf(referenceText("2018-01-03"), midText(100, "15:00:00"), changed)?.["previousClose"]).toBe(50);
});

it("W6: running values include the quote itself", () => {
  expect(running(midText(100, "15:00:10"))).toEqual({
    start: "2018-01-03T15:00:00Z",
    open: 100,
    high: 100,
    low: 100,
    close: 100,
    timeWeightedAverage: 100,
    count: 1,
    spreadBps: 2,
  });
  expect(running(midText(100, "15:00:10"), midText(103, "15:00:20"))).toMatchObject({
    close: 103,
    high: 103,
    count: 2,
  });
});

it("W6: the last mid is weighted until the newest quote's time, which is not at all", () => {
  const texts = [midText(100, "15:00:10"), midText(104, "15:00:20"), midText(90, "15:00:40")];
  expect(running(...texts)?.["timeWeightedAverage"]).toBe(102.666667);
});

it("W6: a window of one moment has its last mid as average", () => {
  expect(running(midText(100, "15:00:10"), midText(104, "15:00:10"))?.["timeWeightedAverage"]).toBe(104);
  expect(running(midText(100, "15:00:10"), midText(90, "15:00:09.5"))?.["timeWeightedAverage"]).toBe(100);
});

it("W6: an unusable quote carries the running values unchanged", () => {
  const before = [midText(100, "15:00:10"), midText(104, "15:00:20")];
  expect(running(...before, quoteText({ bp: 0, t: "2018-01-03T15:00:50Z" }))).toEqual(running(...before));
});

it("W6: an empty window gives no key", () => {
  expect(lastEnriched(quoteText({ bp: 0 })).windows).toEqual({});
  const { windows } = lastEnriched(midText(100, "15:00:10"), quoteText({ bp: 0, t: "2018-01-03T15:01:10Z" }));
  expect(Object.keys(windows)).toEqual(["5m"]);
});

it("W6: a symbol never carries another's values", () => {
  const { windows } = lastEnriched(midText(100, "15:00:10"), midText(200, "15:00:11", { S: "YYY" }));
  expect(windows["1m"]).toMatchObject({ open: 200, count: 1 });
});

it("W6: an out-of-order quote carries the window of its own time", () => {
  const { windows } = lastEnriched(midText(100, "15:00:59.9"), midText(101, "15:01:00.5"), midText(99, "15:00:59.8"));
  expect(windows["1m"]).toMatchObject({ start: "2018-01-03T15:00:00Z", open: 99, close: 100, count: 2 });
  expect(windows["5m"]).toMatchObject({ open: 99, close: 101, count: 3 });
});

it("W4: a quote is late from the moment that any window that holds its time has closed", () => {
  const late = (closing: string) =>
    lastEnriched(midText(100, "15:00:10"), tradeText(closing), midText(90, "15:00:59.9"));
  expect(late("15:01:00.999999999")["quality"]).toEqual(["noPreviousClose"]);
  expect(late("15:01:01")["quality"]).toEqual(["noPreviousClose", "late"]);
});

it("W4: a window that was empty has closed as well", () => {
  expect(lastEnriched(heartbeatText("15:01:01"), midText(90, "15:00:59"))["quality"]).toContain("late");
  expect(lastEnriched(heartbeatText("15:01:01"), midText(90, "15:01:00"))["quality"]).not.toContain("late");
});

it("W3: a changed set of intervals lets open windows run to their end, and opens no more of those left out", () => {
  const texts = [midText(100, "15:00:10"), settingsText({ intervals: ["30s"] }), midText(101, "15:00:20")];
  expect(Object.keys(lastEnriched(...texts).windows)).toEqual(["30s"]);
  const candles = published([...texts, midText(102, "15:01:30"), heartbeatText("15:30:00")], "candles");
  expect(candles.map((candle) => [candle["interval"], candle["end"], candle["count"]])).toEqual([
    ["30s", "2018-01-03T15:00:30Z", 1],
    ["1m", "2018-01-03T15:01:00Z", 1],
    ["30s", "2018-01-03T15:02:00Z", 1],
    ["5m", "2018-01-03T15:05:00Z", 1],
  ]);
});

import { expect, it } from "vitest";
import {
  correctionText,
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
const first = midText(100, "15:00:10");
/** The candles that the last text gives. */
const candlesOfLast = (...texts: string[]) => values(foldEach(texts).at(-1) ?? [], "candles");
/** Interval, revision and count of quotes of each. */
const brief = (candles: ReturnType<typeof candlesOfLast>) =>
  candles.map(({ interval, revision, count }) => [interval, revision, count]);

it("W4: a late quote inside the grace revises its candle, and the record of the quote comes first", () => {
  const outputs = foldEach([first, heartbeatText("15:01:01"), midText(90, "15:00:20")]).at(-1) ?? [];
  expect(outputs.map((output) => output.stream)).toEqual(["enriched", "candles"]);
  expect(values(outputs, "candles")[0]).toMatchObject({
    ...{ interval: "1m", start: "2018-01-03T15:00:00Z", revision: 1 },
    ...{ open: 100, high: 100, low: 90, close: 90, count: 2, timeWeightedAverage: (100 * 10 + 90 * 40) / 50 },
  });
});

it("W4: a late quote is published with its mid and indicator, and with the windows still open, itself included", () => {
  const late = lastEnriched(referenceText("2018-01-03"), first, heartbeatText("15:01:01"), midText(90, "15:00:20"));
  expect(late).toMatchObject({ midPrice: 90, percentChange: -10, indicator: "Bearish", quality: ["late"] });
  expect(Object.keys(late.windows)).toEqual(["5m"]);
  expect(late.windows["5m"]).toMatchObject({ low: 90, count: 2 });
});

it("W4: a grace ends though no window closes with it", () => {
  const texts = [oneMinute, first, heartbeatText("15:01:01"), heartbeatText("15:02:01")];
  expect(candlesOfLast(...texts, midText(90, "15:00:20"))).toEqual([]);
});

it("W4: each record that changes a closed window gives one more revision", () => {
  const texts = [oneMinute, first, heartbeatText("15:01:01"), midText(90, "15:00:20"), midText(91, "15:00:30")];
  expect(brief(candlesOfLast(...texts))).toEqual([["1m", 2, 3]]);
  expect(brief(candlesOfLast(...texts, tradeText("15:00:40")))).toEqual([["1m", 3, 3]]);
});

it("W4: a window that was empty when it closed has revision 0 with its first late record", () => {
  const empty = [oneMinute, heartbeatText("15:01:01")];
  expect(brief(candlesOfLast(...empty, first))).toEqual([["1m", 0, 1]]);
  expect(brief(candlesOfLast(...empty, first, midText(90, "15:00:20")))).toEqual([["1m", 1, 2]]);
  expect(candlesOfLast(...empty, tradeText("15:00:20"))).toMatchObject([{ revision: 0, tradeCount: 1 }]);
});

it("W4: a record whose windows have all closed revises each of them, by end", () => {
  const closed = [first, heartbeatText("15:05:01")];
  expect(brief(candlesOfLast(...closed, midText(90, "15:04:20")))).toEqual([
    ["1m", 0, 1],
    ["5m", 1, 2],
  ]);
  const other = settingsText({ intervals: ["36s", "1m"] });
  // 15:00:32 is in the window to 15:00:36 and in the minute to 15:01; 15:00:40 in the minute and in the one to 15:01:12.
  expect(brief(candlesOfLast(other, heartbeatText("15:01:20"), midText(90, "15:00:40")))).toEqual([
    ["1m", 0, 1],
    ["36s", 0, 1],
  ]);
  const trades = [tradeText("15:00:40"), correctionText("15:01:20", { oi: 1 })];
  for (const count of [1, 2]) {
    const revised = candlesOfLast(other, heartbeatText("15:01:20"), ...trades.slice(0, count));
    expect(revised.map(({ interval, revision }) => [interval, revision])).toEqual([
      ["1m", count - 1],
      ["36s", count - 1],
    ]);
  }
});

it("W4: the grace ends when the watermark reaches it: at end + graceMs nothing changes any more", () => {
  const inside = [oneMinute, first, heartbeatText("15:02:00.999999999")];
  expect(brief(candlesOfLast(...inside, midText(90, "15:00:20")))).toEqual([["1m", 1, 2]]);
  const past = [oneMinute, first, heartbeatText("15:02:01")];
  const outputs = foldEach([...past, midText(90, "15:00:20")]).at(-1) ?? [];
  expect(outputs.map((output) => output.stream)).toEqual(["enriched"]);
  expect(values(outputs, "enriched")[0]).toMatchObject({ quality: ["noPreviousClose", "late"], windows: {} });
});

it("W4: a window that was empty stays empty past the grace", () => {
  expect(candlesOfLast(oneMinute, heartbeatText("15:02:01"), first)).toEqual([]);
  expect(published([oneMinute, heartbeatText("15:02:01"), first, heartbeatText("16:00:00")], "candles")).toEqual([]);
});

it("W4: a late record past the grace of one window still counts in another that is open", () => {
  const texts = [first, heartbeatText("15:03:00"), midText(90, "15:00:20")];
  expect(candlesOfLast(...texts)).toEqual([]);
  expect(lastEnriched(...texts).windows["5m"]).toMatchObject({ low: 90, count: 2 });
  expect(brief(candlesOfLast(...texts, heartbeatText("15:05:01")))).toEqual([["5m", 0, 2]]);
});

it("W4: graceMs is settable, and a longer one does not bring back what was forgotten", () => {
  const short = settingsText({ intervals: ["1m"], graceMs: 1 });
  const texts = [short, first, heartbeatText("15:01:01.001")];
  expect(candlesOfLast(...texts, midText(90, "15:00:20"))).toEqual([]);
  expect(candlesOfLast(...texts, oneMinute, midText(90, "15:00:20"))).toEqual([]);
});

it("W4: an unusable late quote is flagged late, and revises nothing", () => {
  const outputs = foldEach([first, heartbeatText("15:01:01"), quoteText({ bp: 0, t: "2018-01-03T15:00:20Z" })]);
  expect(outputs.at(-1)?.map((output) => output.stream)).toEqual(["enriched"]);
  expect(values(outputs.flat(), "enriched").at(-1)?.["quality"]).toEqual(["oneSided", "noPreviousClose", "late"]);
});

it("W4: a late trade is published as late and revises its candle, one that does not count revises nothing", () => {
  const texts = [oneMinute, first, heartbeatText("15:01:01")];
  const late = foldEach([...texts, tradeText("15:00:20")]).at(-1) ?? [];
  expect(values(late, "enriched")[0]?.["quality"]).toEqual(["noPreviousClose", "late"]);
  expect(values(late, "candles")).toMatchObject([{ revision: 1, count: 1, volume: 100, tradeCount: 1 }]);
  const official = foldEach([...texts, tradeText("15:00:20", { c: ["M"] })]).at(-1) ?? [];
  expect(official.map((output) => output.stream)).toEqual(["enriched"]);
});

it("W4: a revised candle has the reference in force when it is published, and stays of the session of its start", () => {
  const texts = [oneMinute, referenceText("2018-01-03"), first, heartbeatText("15:01:01")];
  const changed = referenceText("2018-01-03", { previousClose: 50 });
  expect(candlesOfLast(...texts, changed, midText(100, "15:00:20"))).toMatchObject([
    { revision: 1, previousClose: 50, percentChange: 100 },
  ]);
});

it("W4: a vendor bar is never late, and changes no window", () => {
  const bar = { T: "b", S: "XXX", o: 100, h: 100, l: 100, c: 100, v: 1, t: "2018-01-03T15:00:00Z" };
  const outputs = foldEach([first, heartbeatText("15:01:01"), JSON.stringify(bar)]).at(-1) ?? [];
  expect(outputs.map((output) => output.stream)).toEqual(["enriched"]);
  expect(values(outputs, "enriched")[0]?.["quality"]).toEqual(["noPreviousClose"]);
});

it("W4: one jump of the watermark past end and grace closes the window once, and forgets it", () => {
  const texts = [first, heartbeatText("16:00:00")];
  expect(brief(candlesOfLast(...texts))).toEqual([
    ["1m", 0, 1],
    ["5m", 0, 1],
  ]);
  expect(candlesOfLast(...texts, midText(90, "15:00:20"))).toEqual([]);
});

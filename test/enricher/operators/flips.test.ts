import { expect, it } from "vitest";
import {
  foldEach,
  heartbeatText,
  midText,
  published,
  quoteText,
  referenceText,
  tradeText,
} from "../../support/raw-log.ts";

const reference = referenceText("2018-01-03");
/** From and to of each flip. */
const flips = (...texts: string[]) =>
  published([reference, ...texts], "alerts").map((alert) => `${alert["from"]} ${alert["to"]}`);
const neutral = (time: string) => midText(100, time);
const bullish = (time: string) => midText(106, time);
const bearish = (time: string) => midText(94, time);

it("I3: a flip is written as the design shows it, to the byte, after the record that flipped it", () => {
  const outputs = foldEach([reference, neutral("15:00:00"), bullish("15:00:00.5")])[2] ?? [];
  expect(outputs.map((output) => output.stream)).toEqual(["enriched", "alerts"]);
  expect(outputs[1]).toEqual({
    ...{ stream: "alerts", key: "XXX" },
    value:
      '{"type":"alert","kind":"indicatorFlip","symbol":"XXX","eventTime":"2018-01-03T15:00:00.5Z","from":"Neutral","to":"Bullish",' +
      '"midPrice":106,"previousClose":100,"percentChange":6}',
  });
});

it("I3: each change is one flip, and no change is none", () => {
  const texts = [neutral("15:00:00"), neutral("15:00:01"), bullish("15:00:02"), bullish("15:00:03")];
  expect(flips(...texts, bearish("15:00:04"), neutral("15:00:05"))).toEqual([
    "Neutral Bullish",
    "Bullish Bearish",
    "Bearish Neutral",
  ]);
});

it("I3: the first quote of a symbol and session is no flip", () => {
  expect(flips(bullish("15:00:00"))).toEqual([]);
  const nextDay = [referenceText("2018-01-04"), bearish("2018-01-04T15:00:00Z")];
  expect(flips(bullish("15:00:00"), ...nextDay)).toEqual([]);
  expect(flips(bullish("15:00:00"), midText(100, "15:00:01", { S: "YYY" }))).toEqual([]);
});

it("I3: from null to a value is no flip, nor is a value to null and back", () => {
  const unknown = [midText(100, "15:00:00"), reference, bullish("15:00:01")];
  expect(published(unknown, "alerts")).toEqual([]);
});

it("I3: an unusable quote and a trade do not flip, and are passed over", () => {
  const crossed = quoteText({ bp: 200, ap: 106, t: "2018-01-03T15:00:01Z" });
  const trade = tradeText("15:00:01", { p: 106 });
  expect(flips(neutral("15:00:00"), crossed, trade)).toEqual([]);
  expect(flips(neutral("15:00:00"), crossed, bullish("15:00:02"))).toEqual(["Neutral Bullish"]);
});

it("I3: a quote out of order neither flips nor is compared with", () => {
  const texts = [neutral("15:00:01"), bullish("15:00:00.5")];
  expect(flips(...texts)).toEqual([]);
  expect(flips(...texts, neutral("15:00:02"))).toEqual([]);
  expect(flips(...texts, bullish("15:00:02"))).toEqual(["Neutral Bullish"]);
});

it("I3: of equal times the later on the log is in order", () => {
  expect(flips(neutral("15:00:01"), bullish("15:00:01"))).toEqual(["Neutral Bullish"]);
  expect(flips(neutral("15:00:01.000000002"), bullish("15:00:01.000000001"))).toEqual([]);
});

it("I3: a late quote never flips, be it in order, and the next is compared with the one before it", () => {
  const late = [neutral("15:00:10"), heartbeatText("15:01:10"), bullish("15:00:20")];
  expect(flips(...late)).toEqual([]);
  expect(flips(...late, bullish("15:01:15"))).toEqual(["Neutral Bullish"]);
  expect(flips(...late, neutral("15:01:15"))).toEqual([]);
});

it("I3: two sessions that meet out of order are kept apart", () => {
  const references = [referenceText("2018-01-04")];
  const old = [neutral("2018-01-04T00:59:59.1Z"), bearish("2018-01-04T01:00:00.1Z")];
  expect(flips(...references, ...old, bullish("2018-01-04T00:59:59.5Z"), bearish("2018-01-04T01:00:00.2Z"))).toEqual([
    "Neutral Bullish",
  ]);
});

it("I3: the decision is on the exact value, a threshold that changes counts, and so does a new reference", () => {
  const just = (mid: number, time: string) => quoteText({ bp: mid, ap: mid, t: `2018-01-03T${time}Z` });
  expect(flips(just(104.999999, "15:00:00"), just(105, "15:00:01"))).toEqual(["Neutral Bullish"]);
  const halved = referenceText("2018-01-03", { previousClose: 50 });
  expect(flips(neutral("15:00:00"), halved, neutral("15:00:01"))).toEqual(["Neutral Bullish"]);
});

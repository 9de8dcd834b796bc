import { expect, it } from "vitest";
import {
  deadLetters,
  lastEnriched,
  midText,
  published,
  quoteText,
  referenceText,
  tradeText,
} from "../../support/raw-log.ts";

const locked = (price: number, t: string, fields: object = {}) => quoteText({ bp: price, ap: price, t, ...fields });
/** A quote of the session after. */
const next = locked(110, "2018-01-04T15:00:00Z");
const closeOf = (...texts: string[]) => {
  const { previousClose, previousCloseDate, previousCloseSource } = lastEnriched(...texts, next);
  return [previousClose, previousCloseDate, previousCloseSource];
};
const observed = (price: number) => [price, "2018-01-03", "observed"];
const unknown = [null, null, null];
const split = (exDate: string, oldRate: number, newRate: number, S = "XXX") =>
  JSON.stringify({ T: "split", S, exDate, oldRate, newRate });

it("C5: without a reference the previous close is the last usable mid of the session before", () => {
  expect(closeOf(locked(99, "2018-01-03T15:00:00Z"), locked(100, "2018-01-03T20:59:59Z"))).toEqual(observed(100));
  const quote = lastEnriched(locked(100, "2018-01-03T20:59:59Z"), next);
  expect(quote).toMatchObject({ percentChange: 10, indicator: "Bullish", quality: [] });
});

it("C5: a reference comes before what was observed", () => {
  const reference = referenceText("2018-01-04", { previousClose: 90, previousCloseDate: "2018-01-03" });
  expect(closeOf(locked(100, "2018-01-03T20:59:59Z"), reference)).toEqual([90, "2018-01-03", "official"]);
  expect(closeOf(locked(100, "2018-01-03T20:59:59Z"), referenceText("2018-01-03"))).toEqual(observed(100));
});

it("C5: only regular hours count, [09:30, 16:00) in New York", () => {
  expect(closeOf(locked(100, "2018-01-03T14:30:00Z"))).toEqual(observed(100));
  expect(closeOf(locked(100, "2018-01-03T14:29:59.999999999Z"))).toEqual(unknown);
  expect(closeOf(locked(100, "2018-01-03T20:59:59.999999999Z"))).toEqual(observed(100));
  expect(closeOf(locked(100, "2018-01-03T20:00:00Z"), locked(101, "2018-01-03T21:00:00Z"))).toEqual(observed(100));
});

it("C5: on a half day they end at 13:00", () => {
  const texts = [locked(100, "2018-11-23T17:59:59.999Z"), locked(101, "2018-11-23T18:00:00Z")];
  expect(lastEnriched(...texts, locked(110, "2018-11-26T15:00:00Z"))).toMatchObject({
    ...{ previousClose: 100, previousCloseDate: "2018-11-23", previousCloseSource: "observed" },
  });
});

it("C5: last is by event time, then by the order of the log", () => {
  expect(closeOf(locked(100, "2018-01-03T20:59:59Z"), locked(99, "2018-01-03T20:59:58Z"))).toEqual(observed(100));
  expect(closeOf(locked(100, "2018-01-03T20:59:59Z"), locked(99, "2018-01-03T20:59:59Z"))).toEqual(observed(99));
  const nanos = ["000000002", "000000001"].map((digits, at) => locked(100 + at, `2018-01-03T20:59:59.${digits}Z`));
  expect(closeOf(...nanos)).toEqual(observed(100));
});

it("C5: a late quote counts too: what was last is not a matter of windows", () => {
  const texts = [locked(99, "2018-01-03T20:00:00Z"), locked(98, "2018-01-03T22:00:00Z")];
  expect(closeOf(...texts, locked(100, "2018-01-03T20:30:00Z"))).toEqual(observed(100));
});

it("C5: unusable quotes and trades do not count", () => {
  const texts = [locked(100, "2018-01-03T20:00:00Z"), quoteText({ bp: 0, t: "2018-01-03T20:59:00Z" })];
  expect(closeOf(...texts, tradeText("20:59:01", { p: 50 }))).toEqual(observed(100));
});

it("C5: only exactly the session before counts", () => {
  expect(closeOf(locked(100, "2018-01-02T20:00:00Z"))).toEqual(unknown);
  const monday = locked(110, "2018-01-08T15:00:00Z");
  expect(lastEnriched(locked(100, "2018-01-05T20:00:00Z"), monday)["previousClose"]).toBe(100);
  expect(lastEnriched(locked(100, "2018-01-04T20:00:00Z"), monday)["previousClose"]).toBeNull();
});

it("C5: another symbol's quotes do not count", () => {
  expect(closeOf(locked(100, "2018-01-03T20:00:00Z", { S: "YYY" }))).toEqual(unknown);
});

it("C5: the mid of an observed close keeps its half millionth: decisions are exact, the wire is rounded", () => {
  const half = quoteText({ bp: 100, ap: 100.000001, t: "2018-01-03T20:00:00Z" });
  expect(closeOf(half)).toEqual(observed(100.000001));
  const at = (price: number) => lastEnriched(half, locked(price, "2018-01-04T15:00:00Z"))["indicator"];
  // 1.05 x 100.0000005 is 105.000000525.
  expect([at(105.000001), at(105)]).toEqual(["Bullish", "Neutral"]);
});

it("C5: splits between the sessions adjust it, rounded to the millionth and exact from there on", () => {
  const before = locked(645.57, "2018-01-03T20:00:00Z");
  expect(closeOf(before, split("2018-01-04", 1, 7))).toEqual(observed(92.224286));
  const at = (price: number) =>
    lastEnriched(before, split("2018-01-04", 1, 7), locked(price, "2018-01-04T15:00:00Z"))["indicator"];
  // 1.05 x 92.224286 is 96.8355003.
  expect([at(96.835501), at(96.8355)]).toEqual(["Bullish", "Neutral"]);
  expect(closeOf(before, split("2018-01-04", 10, 1))).toEqual(observed(6455.7));
});

it("C5: all splits after the close's date and up to the session's date count, and no others", () => {
  const before = locked(100, "2018-01-03T20:00:00Z");
  expect(closeOf(before, split("2018-01-03", 1, 2))).toEqual(observed(100));
  expect(closeOf(before, split("2018-01-05", 1, 2))).toEqual(observed(100));
  expect(closeOf(before, split("2018-01-04", 1, 2, "YYY"))).toEqual(observed(100));
  const friday = locked(100, "2018-01-05T20:00:00Z");
  const texts = [friday, split("2018-01-06", 1, 2), split("2018-01-08", 3, 1)];
  expect(lastEnriched(...texts, locked(110, "2018-01-08T15:00:00Z"))["previousClose"]).toBe(150);
});

it("C5: a split that is told twice counts once, the last on the log", () => {
  const before = locked(100, "2018-01-03T20:00:00Z");
  expect(closeOf(before, split("2018-01-04", 1, 2), split("2018-01-04", 1, 2))).toEqual(observed(50));
  expect(closeOf(before, split("2018-01-04", 1, 2), split("2018-01-04", 1, 4))).toEqual(observed(25));
});

it("C5: rates of more decimals are taken as they are written", () => {
  const before = locked(100, "2018-01-03T20:00:00Z");
  expect(closeOf(before, split("2018-01-04", 1, 1.1))).toEqual(observed(90.909091));
  expect(closeOf(before, split("2018-01-04", 0.3, 0.1))).toEqual(observed(300));
});

it("C5: trades, bars and candles have it as well", () => {
  const texts = [locked(100, "2018-01-03T20:00:00Z"), tradeText("2018-01-04T15:00:00Z", { p: 106 })];
  expect(lastEnriched(...texts)).toMatchObject({ previousCloseSource: "observed", indicator: "Bullish" });
  const candles = published([...texts, next, midText(100, "2018-01-04T15:02:00Z")], "candles");
  expect(candles.at(-1)).toMatchObject({ previousClose: 100, previousCloseDate: "2018-01-03", percentChange: 10 });
});

it("C5: an observed close that a split rounds to nothing is none", () => {
  const before = locked(0.000001, "2018-01-03T20:00:00Z");
  expect(closeOf(before, split("2018-01-04", 1, 1000))).toEqual(unknown);
});

it("C5, P3: an observed close that its splits raise above what a price may be is none", () => {
  const before = locked(100, "2018-01-03T20:00:00Z");
  expect(closeOf(before, split("2018-01-04", 100_000, 1))).toEqual(observed(10_000_000));
  expect(closeOf(before, split("2018-01-04", 100_000.1, 1))).toEqual(unknown);
  expect(closeOf(before, split("2018-01-04", 1_000_000, 1))).toEqual(unknown);
  expect(closeOf(before, split("2018-01-04", 999_999_999, 5e-324))).toEqual(unknown);
});

it("D3, C5: a split of absurd rates is a dead letter, and the close is what it was", () => {
  const texts = [locked(100, "2018-01-03T20:00:00Z"), split("2018-01-04", 1e300, 1e-9)];
  expect(deadLetters(texts)).toEqual(["badSize"]);
  expect(closeOf(...texts)).toEqual(observed(100));
});

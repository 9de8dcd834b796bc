import { expect, it } from "vitest";
import { changeOf } from "../../../domain/records/change.ts";
import { lastEnriched, quoteText, referenceText, settingsText } from "../../support/raw-log.ts";

const changed = (mid: number, previousClose: unknown, ...before: string[]) => {
  const reference = referenceText("2018-01-03", { previousClose });
  const { percentChange, indicator } = lastEnriched(reference, ...before, quoteText({ bp: mid, ap: mid }));
  return [percentChange, indicator];
};

it("I1: exactly 5 percent up is Bullish, and a hair less is Neutral", () => {
  expect(changed(105, 100)).toEqual([5, "Bullish"]);
  expect(changed(104.999999, 100)).toEqual([5, "Neutral"]);
  expect(changed(105.000001, 100)).toEqual([5, "Bullish"]);
});

it("I1: exactly 5 percent down is Bearish, and a hair less is Neutral", () => {
  expect(changed(95, 100)).toEqual([-5, "Bearish"]);
  expect(changed(95.000001, 100)).toEqual([-5, "Neutral"]);
  expect(changed(94.999999, 100)).toEqual([-5, "Bearish"]);
});

it("I1: half a millionth of mid decides", () => {
  const half = (bp: number, ap: number) =>
    lastEnriched(referenceText("2018-01-03"), quoteText({ bp, ap }))["indicator"];
  expect(half(104.999999, 105)).toBe("Neutral");
  expect(half(105, 105)).toBe("Bullish");
  expect(half(95, 95.000001)).toBe("Neutral");
  expect(half(95, 95)).toBe("Bearish");
});

it("I1: no change is Neutral and 0, never -0", () => {
  const text = JSON.stringify(changed(100, 100));
  expect(text).toBe('[0,"Neutral"]');
  expect(Object.is(changeOf(199_999_999, 200_000_000, 50_000).percentTenThousandths, -0)).toBe(false);
  expect(changeOf(199_999_999, 200_000_000, 50_000)).toEqual({ percentTenThousandths: 0, indicator: "Neutral" });
});

it("P2: decisions are taken on the exact value, not on the rounded one", () => {
  expect(changed(156.37649, 148.93)).toEqual([5, "Neutral"]);
  expect(changed(156.3765, 148.93)).toEqual([5, "Bullish"]);
});

it("P2: percentChange is rounded to four decimals, halves away from zero on both sides", () => {
  expect(changed(100.00005, 100)[0]).toBe(0.0001);
  expect(changed(99.99995, 100)[0]).toBe(-0.0001);
  expect(changed(100.000049, 100)[0]).toBe(0);
  expect(changed(99.999951, 100)[0]).toBe(0);
  expect(changed(100.00015, 100)[0]).toBe(0.0002);
  expect(changed(99.99985, 100)[0]).toBe(-0.0002);
});

it("P2: the change of the design's example is as the integers give it", () => {
  const reference = referenceText("2018-01-03", { previousClose: 157.04 });
  expect(lastEnriched(reference, quoteText({ bp: 156, ap: 156.01 }))["percentChange"]).toBe(-0.6591);
});

it("I1: the threshold is settable for all, and by symbol", () => {
  const settings = settingsText({ thresholdPercent: 1, thresholdPercentBySymbol: { XXX: 2.5 } });
  expect(changed(102.5, 100, settings)).toEqual([2.5, "Bullish"]);
  expect(changed(102.499999, 100, settings)).toEqual([2.5, "Neutral"]);
  expect(changed(97.5, 100, settings)).toEqual([-2.5, "Bearish"]);
  const other = [referenceText("2018-01-03", { S: "YYY" }), settings];
  expect(lastEnriched(...other, quoteText({ S: "YYY", bp: 101, ap: 101 }))["indicator"]).toBe("Bullish");
  expect(lastEnriched(...other, quoteText({ S: "YYY", bp: 100.99, ap: 101 }))["indicator"]).toBe("Neutral");
});

it("I1: settings hold for the records after them, not before", () => {
  const reference = referenceText("2018-01-03");
  const quote = quoteText({ bp: 102, ap: 102 });
  expect(lastEnriched(reference, quote)["indicator"]).toBe("Neutral");
  expect(lastEnriched(reference, quote, settingsText({ thresholdPercent: 2 }), quote)["indicator"]).toBe("Bullish");
});

it("P1: the greatest and the smallest prices are compared exactly too", () => {
  expect(changed(10_000_000, 0.000001)).toEqual([999_999_999_999_900, "Bullish"]);
  expect(changed(0.000001, 10_000_000)).toEqual([-100, "Bearish"]);
  expect(changed(9_999_999.999999, 9_523_809.52381)).toEqual([5, "Neutral"]);
});

it("I2: with no previous close its keys, the change and the indicator are null, and quality says so", () => {
  expect(lastEnriched(quoteText())).toMatchObject({
    midPrice: 100,
    previousClose: null,
    previousCloseDate: null,
    previousCloseSource: null,
    percentChange: null,
    indicator: null,
    quality: ["noPreviousClose"],
  });
});

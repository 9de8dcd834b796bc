import { expect, it } from "vitest";
import { foldEach, lastEnriched, midText, quoteText, referenceText, settingsText } from "../../support/raw-log.ts";

const reference = referenceText("2018-01-03");
const qualityOf = (fields: Record<string, unknown>, ...before: string[]) =>
  lastEnriched(reference, ...before, quoteText(fields))["quality"];

it("Q1: bid below ask, narrow and firm, is usable", () => {
  expect(qualityOf({})).toEqual([]);
});

it("Q1: a locked quote is usable", () => {
  const quote = lastEnriched(reference, quoteText({ bp: 100, ap: 100 }));
  expect(quote["quality"]).toEqual([]);
  expect(quote["midPrice"]).toBe(100);
  expect(quote.windows["1m"]?.["spreadBps"]).toBe(0);
});

it.each([
  ["bid", { bp: 0 }],
  ["ask", { ap: 0 }],
  ["bid nor ask", { bp: 0, ap: 0 }],
  ["bid that is not rounded away", { bp: 0.0000004 }],
])("Q1: a quote with no %s is oneSided, and neither crossed nor wide", (_, fields) => {
  expect(qualityOf(fields)).toEqual(["oneSided"]);
});

it("Q1: a bid above the ask by a millionth is crossed, and not wide", () => {
  expect(qualityOf({ bp: 100.000001, ap: 100 })).toEqual(["crossed"]);
  expect(qualityOf({ bp: 200, ap: 100 })).toEqual(["crossed"]);
});

it("Q1: a spread of exactly 10 percent of the mid is usable, and a millionth more is wide", () => {
  expect(qualityOf({ bp: 95, ap: 105 })).toEqual([]);
  expect(qualityOf({ bp: 95, ap: 105.000001 })).toEqual(["wide"]);
  expect(qualityOf({ bp: 94.999999, ap: 105 })).toEqual(["wide"]);
  expect(qualityOf({ bp: 0.95, ap: 1.05 })).toEqual([]);
  expect(qualityOf({ bp: 9_500_000, ap: 10_000_000 })).toEqual([]);
});

it("Q1: the widest spread is settable", () => {
  const narrow = settingsText({ maxSpreadPercent: 0.5 });
  expect(qualityOf({ bp: 99.75, ap: 100.25 }, narrow)).toEqual([]);
  expect(qualityOf({ bp: 99.749999, ap: 100.25 }, narrow)).toEqual(["wide"]);
});

it.each(["C", "L", "N", "U", "I", "X", "Z", "4"])("Q1: condition %s is nonFirm on every tape", (condition) => {
  for (const z of ["A", "B", "C"]) expect(qualityOf({ c: [condition], z })).toEqual(["nonFirm"]);
});

it.each(["E", "F"])("Q1: condition %s is nonFirm on tapes A and B, and fine on tape C", (condition) => {
  expect(qualityOf({ c: [condition], z: "A" })).toEqual(["nonFirm"]);
  expect(qualityOf({ c: [condition], z: "B" })).toEqual(["nonFirm"]);
  expect(qualityOf({ c: [condition], z: "C" })).toEqual([]);
});

it.each(["R", "O", "A", "B", "H", "W", "Y", "?", "", "nonFirm", "c", "é"])(
  "Q1: condition %j is firm, known or not",
  (condition) => {
    for (const z of ["A", "B", "C", "Q"]) expect(qualityOf({ c: [condition], z })).toEqual([]);
  },
);

it("Q1: one non-firm condition among firm ones is enough, and none is none", () => {
  expect(qualityOf({ c: ["R", "?", "N"] })).toEqual(["nonFirm"]);
  expect(qualityOf({ c: [] })).toEqual([]);
});

it("Q2: quality names its reasons in one order", () => {
  const late = [midText(100, "15:00:00"), midText(100, "15:01:01")];
  const all = (fields: Record<string, unknown>) => lastEnriched(...late, quoteText({ c: ["N"], ...fields }))["quality"];
  expect(all({ bp: 0 })).toEqual(["oneSided", "nonFirm", "noPreviousClose", "late"]);
  expect(all({ bp: 101 })).toEqual(["crossed", "nonFirm", "noPreviousClose", "late"]);
  expect(all({ bp: 50 })).toEqual(["wide", "nonFirm", "noPreviousClose", "late"]);
  expect(all({ bp: 100 })).toEqual(["nonFirm", "noPreviousClose", "late"]);
  expect(all({ bp: 100, c: [] })).toEqual(["noPreviousClose", "late"]);
});

it.each([
  ["one-sided", { bp: 0 }],
  ["crossed", { bp: 101 }],
  ["wide", { bp: 50 }],
  ["non-firm", { c: ["N"] }],
])("Q2: a %s quote is published with its previous close, and with null for mid, change and indicator", (_, fields) => {
  const quote = lastEnriched(reference, quoteText(fields));
  expect(quote).toMatchObject({ midPrice: null, percentChange: null, indicator: null });
  expect(quote).toMatchObject({ previousClose: 100, previousCloseDate: "2018-01-02", previousCloseSource: "official" });
  expect(quote).toMatchObject({ bidSize: 3, askSize: 5, eventTime: "2018-01-03T15:00:00Z", windows: {} });
});

it("Q2: an unusable quote changes no window", () => {
  const without = foldEach([midText(100, "15:00:00"), midText(101, "15:00:10"), midText(100, "15:02:00")]);
  const crossed = quoteText({ bp: 500, ap: 100, t: "2018-01-03T15:00:05Z" });
  const withOne = foldEach([midText(100, "15:00:00"), crossed, midText(101, "15:00:10"), midText(100, "15:02:00")]);
  expect(withOne.toSpliced(1, 1)).toEqual(without);
});

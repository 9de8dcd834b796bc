import { expect, it } from "vitest";
import { lastEnriched, published, quoteText, referenceText } from "../../support/raw-log.ts";

/** References whose previous close tells their session: the 3rd is 103. */
const january = (...days: number[]) =>
  days.map((day) => referenceText(`2018-01-${String(day).padStart(2, "0")}`, { previousClose: 100 + day }));
const closeAt = (t: string, ...references: string[]) =>
  lastEnriched(...references, quoteText({ t, bp: 110, ap: 110 }))["previousClose"];

it("C1: until 20:00 in New York a quote has the previous close of its date, and from then on the next session's", () => {
  expect(closeAt("2018-01-04T00:59:59.999999999Z", ...january(3, 4))).toBe(103);
  expect(closeAt("2018-01-04T01:00:00Z", ...january(3, 4))).toBe(104);
  expect(closeAt("2018-01-04T04:59:00Z", ...january(3, 4))).toBe(104);
  expect(closeAt("2018-01-04T05:00:00Z", ...january(3, 4))).toBe(104);
});

it("C1: in summer 20:00 in New York is midnight in UTC", () => {
  const references = [referenceText("2018-07-10"), referenceText("2018-07-11", { previousClose: 200 })];
  expect(closeAt("2018-07-10T23:59:59.999Z", ...references)).toBe(100);
  expect(closeAt("2018-07-11T00:00:00Z", ...references)).toBe(200);
});

it("C1: from Friday evening through the weekend it is Monday's, and over a holiday Tuesday's", () => {
  expect(closeAt("2018-01-06T00:59:59Z", ...january(5, 8))).toBe(105);
  expect(closeAt("2018-01-06T01:00:00Z", ...january(5, 8))).toBe(108);
  expect(closeAt("2018-01-07T15:00:00Z", ...january(5, 8))).toBe(108);
  expect(closeAt("2018-01-15T15:00:00Z", ...january(12, 16))).toBe(116);
});

it("C1: a half day ends at 20:00 like any other", () => {
  const references = [referenceText("2018-11-23"), referenceText("2018-11-26", { previousClose: 126 })];
  expect(closeAt("2018-11-23T18:00:00Z", ...references)).toBe(100);
  expect(closeAt("2018-11-24T00:59:59Z", ...references)).toBe(100);
  expect(closeAt("2018-11-24T01:00:00Z", ...references)).toBe(126);
});

it("C1: a time outside the calendar has no previous close", () => {
  const quote = lastEnriched(...january(3), quoteText({ t: "1999-01-04T15:00:00Z" }));
  expect(quote).toMatchObject({ previousClose: null, quality: ["noPreviousClose"] });
  const far = lastEnriched(referenceText("2150-01-05"), quoteText({ t: "2150-01-05T15:00:00Z" }));
  expect(far).toMatchObject({ previousClose: null, quality: ["noPreviousClose"] });
});

it("C4: the last reference on the log wins, for the records after it", () => {
  const texts = [
    referenceText("2018-01-03"),
    quoteText(),
    referenceText("2018-01-03", { previousClose: 99.5 }),
    quoteText(),
  ];
  expect(published(texts, "enriched").map((quote) => quote["previousClose"])).toEqual([100, 99.5]);
});

it("C4: a reference for another session or another symbol changes nothing", () => {
  expect(closeAt("2018-01-03T15:00:00Z", ...january(4))).toBeNull();
  expect(closeAt("2018-01-03T15:00:00Z", ...january(2))).toBeNull();
  expect(closeAt("2018-01-03T15:00:00Z", referenceText("2018-01-03", { S: "YYY" }))).toBeNull();
});

it("C4: the previous, the current and the next session are kept, in whatever order they came", () => {
  const closes = (...days: number[]) =>
    ["2018-01-03T15:00:00Z", "2018-01-04T15:00:00Z", "2018-01-05T15:00:00Z"].map((t) =>
      closeAt(t, ...january(...days)),
    );
  expect(closes(3, 4, 5)).toEqual([103, 104, 105]);
  expect(closes(5, 3, 4)).toEqual([103, 104, 105]);
  expect(closes(4, 5, 3, 4)).toEqual([103, 104, 105]);
});

it("C4: of more sessions the oldest is forgotten", () => {
  expect(closeAt("2018-01-03T15:00:00Z", ...january(3, 4, 5, 8))).toBeNull();
  expect(closeAt("2018-01-04T15:00:00Z", ...january(3, 4, 5, 8))).toBe(104);
  expect(closeAt("2018-01-08T15:00:00Z", ...january(8, 5, 4, 3))).toBe(108);
});

it("C4: the reference's date and source stand beside the previous close", () => {
  expect(lastEnriched(referenceText("2018-01-03"), quoteText())).toMatchObject({
    previousClose: 100,
    previousCloseDate: "2018-01-02",
    previousCloseSource: "official",
  });
});

it("P1: a previous close of more decimals is rounded to the millionth", () => {
  expect(closeAt("2018-01-03T15:00:00Z", referenceText("2018-01-03", { previousClose: 92.2242855 }))).toBe(92.224286);
});

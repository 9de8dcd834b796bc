import { expect, it } from "vitest";
import { lastEnriched, midText, quoteText, referenceText, statusText, tradeText } from "../../support/raw-log.ts";

const reference = referenceText("2018-01-03");
const qualityOf = (...texts: string[]) => lastEnriched(reference, ...texts)["quality"];
const quote = midText(100, "15:00:10");

it.each(["2", "H", "P", "Q"])("Q2: after the status %s quotes and trades of the symbol are halted", (code) => {
  expect(qualityOf(statusText(code, "15:00:00"), quote)).toEqual(["halted"]);
  expect(qualityOf(statusText(code, "15:00:00"), tradeText("15:00:10"))).toEqual(["halted"]);
});

it.each(["3", "T"])("Q2: the status %s resumes", (code) => {
  expect(qualityOf(statusText("H", "15:00:00"), statusText(code, "15:00:05"), quote)).toEqual([]);
  expect(qualityOf(statusText(code, "15:00:00"), quote)).toEqual([]);
});

it("Q2: quotes only is not yet trading: the pause lasts until it is resumed", () => {
  const texts = [statusText("P", "15:00:00"), statusText("Q", "15:00:05")];
  expect(qualityOf(...texts, quote)).toEqual(["halted"]);
  expect(qualityOf(...texts, statusText("T", "15:00:06"), quote)).toEqual([]);
});

it.each(["1", "X", "", "h", "toString"])("Q2: the status %j says nothing of a halt", (code) => {
  expect(qualityOf(statusText(code, "15:00:00"), quote)).toEqual([]);
  expect(qualityOf(statusText("H", "15:00:00"), statusText(code, "15:00:05"), quote)).toEqual(["halted"]);
});

it("Q2: another symbol is not halted", () => {
  expect(qualityOf(statusText("H", "15:00:00", { S: "YYY" }), quote)).toEqual([]);
});

it("Q2: a halt lasts into the next session", () => {
  const next = midText(100, "2018-01-04T15:00:00Z");
  expect(qualityOf(referenceText("2018-01-04"), statusText("H", "15:00:00"), next)).toEqual(["halted"]);
});

it("W1: a status holds by event time, whatever the order of the log", () => {
  const halt = statusText("H", "15:00:05");
  const resume = statusText("T", "15:00:08");
  expect(qualityOf(halt, midText(100, "15:00:04.999999999"))).toEqual([]);
  expect(qualityOf(halt, midText(100, "15:00:05"))).toEqual(["halted"]);
  expect(qualityOf(resume, halt, quote)).toEqual([]);
  expect(qualityOf(resume, halt, midText(100, "15:00:07"))).toEqual(["halted"]);
  expect(qualityOf(statusText("H", "15:00:08"), resume, quote)).toEqual([]);
  expect(qualityOf(resume, statusText("H", "15:00:08"), quote)).toEqual(["halted"]);
});

it("W1: a late quote finds the pause of its time, though there were others since", () => {
  const pauses = [0, 1, 2, 3].flatMap((minute) => [
    statusText("P", `15:0${minute}:00`),
    statusText("Q", `15:0${minute}:10`),
    statusText("T", `15:0${minute}:20`),
  ]);
  expect(qualityOf(...pauses, midText(100, "15:00:05"))).toEqual(["late", "halted"]);
  expect(qualityOf(...pauses, midText(100, "15:00:30"))).toEqual(["late"]);
});

it("Q1, Q2: a halted quote is usable all the same: it has a mid and counts in its windows", () => {
  const halted = lastEnriched(reference, statusText("H", "15:00:00"), quote);
  expect(halted).toMatchObject({ midPrice: 100, indicator: "Neutral" });
  expect(halted.windows["1m"]).toMatchObject({ count: 1 });
});

it("Q2: halted comes after the other reasons", () => {
  const texts = [statusText("H", "15:00:00"), midText(100, "15:01:01")];
  const late = quoteText({ bp: 0, c: ["N"], t: "2018-01-03T15:00:10Z" });
  expect(lastEnriched(...texts, late)["quality"]).toEqual(["oneSided", "nonFirm", "noPreviousClose", "late", "halted"]);
});

it("Q2: price bands are no halt", () => {
  const bands = JSON.stringify({ T: "l", S: "XXX", u: 101, d: 99, i: "B", t: "2018-01-03T15:00:00Z", z: "C" });
  expect(qualityOf(bands, quote)).toEqual([]);
});

it("a status moves the watermark like any record with a time (W2)", () => {
  expect(qualityOf(statusText("T", "15:01:20"), quote)).toEqual(["late"]);
});

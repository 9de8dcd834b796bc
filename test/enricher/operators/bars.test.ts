import { expect, it } from "vitest";
import { foldEach, lastEnriched, referenceText, statusText } from "../../support/raw-log.ts";

const reference = referenceText("2018-01-03", { previousClose: 157.04 });
const bar = { T: "b", S: "XXX", o: 158.5, h: 158.6, l: 158.4, c: 158.48, v: 1200, n: 10, vw: 158.47 };
const barText = (fields: object = {}) => JSON.stringify({ ...bar, t: "2018-01-03T15:00:00Z", ...fields });

it("P4: a vendor's bar is written as the design shows it, to the byte", () => {
  expect(foldEach([reference, barText()])[1]).toEqual([
    {
      ...{ stream: "enriched", type: "bar", key: "XXX", indicator: "Neutral" },
      value:
        '{"type":"bar","symbol":"XXX","eventTime":"2018-01-03T15:00:00Z","interval":"1m","open":158.5,"high":158.6,"low":158.4,"close":158.48,' +
        '"volume":1200,"tradeCount":10,"vwap":158.47,"updated":false,"previousClose":157.04,"percentChange":0.917,"indicator":"Neutral","quality":[]}',
    },
  ]);
});

it("an updated bar says so, and a day's bar has the session of its start: midnight in New York", () => {
  expect(lastEnriched(reference, barText({ T: "u" }))).toMatchObject({ interval: "1m", updated: true });
  const day = lastEnriched(reference, barText({ T: "d", t: "2018-01-03T05:00:00Z" }));
  expect(day).toMatchObject({ interval: "1d", updated: false, previousClose: 157.04 });
});

it("what the vendor does not say is left out", () => {
  const value = lastEnriched(reference, barText({ n: undefined, vw: null }));
  expect(Object.keys(value)).not.toContain("tradeCount");
  expect(Object.keys(value)).not.toContain("vwap");
});

it("I2: a bar without a previous close says so, and a halt is none of its concern", () => {
  const value = lastEnriched(statusText("H", "15:00:00"), barText());
  expect(value).toMatchObject({
    previousClose: null,
    percentChange: null,
    indicator: null,
    quality: ["noPreviousClose"],
  });
});

it("P3: a bar whose close is zero has no change", () => {
  expect(lastEnriched(reference, barText({ c: 0 }))).toMatchObject({ close: 0, percentChange: null, indicator: null });
});

import { expect, it } from "vitest";
import { newYorkDate } from "../../domain/calendar/new-york.ts";
import { nyse } from "../../domain/calendar/nyse.ts";

const at = (text: string) => nyse.sessionAt(Date.parse(text) / 1000)?.date ?? null;
const utc = (seconds: number | undefined) => new Date((seconds ?? 0) * 1000).toISOString();

it("C1: a moment's session date is its date in New York", () => {
  expect(at("2018-01-03T15:00:00Z")).toBe("2018-01-03");
  expect(at("2018-01-04T00:59:59.999Z")).toBe("2018-01-03");
  expect(at("2018-01-03T05:00:00Z")).toBe("2018-01-03");
});

it("C1: from 20:00 in New York on it is the next session's date, in winter and in summer", () => {
  expect(at("2018-01-04T01:00:00Z")).toBe("2018-01-04");
  expect(at("2018-07-10T23:59:59Z")).toBe("2018-07-10");
  expect(at("2018-07-11T00:00:00Z")).toBe("2018-07-11");
});

it("C1: a weekend and a holiday belong to the next session", () => {
  expect(at("2018-01-06T00:59:59Z")).toBe("2018-01-05");
  expect(at("2018-01-06T01:00:00Z")).toBe("2018-01-08");
  expect(at("2018-01-13T18:00:00Z")).toBe("2018-01-16");
  expect(at("2018-01-15T15:00:00Z")).toBe("2018-01-16");
  expect(at("2018-12-05T15:00:00Z")).toBe("2018-12-06");
});

it("C1: regular hours are 09:30 to 16:00 in New York, and end at 13:00 on half days", () => {
  expect(utc(nyse.byDate("2018-01-03")?.openSeconds)).toBe("2018-01-03T14:30:00.000Z");
  expect(utc(nyse.byDate("2018-01-03")?.closeSeconds)).toBe("2018-01-03T21:00:00.000Z");
  expect(utc(nyse.byDate("2018-07-03")?.closeSeconds)).toBe("2018-07-03T17:00:00.000Z");
  expect(utc(nyse.byDate("2018-11-23")?.closeSeconds)).toBe("2018-11-23T18:00:00.000Z");
});

it("C1: the clocks change on the second Sunday of March and the first of November", () => {
  expect(utc(nyse.byDate("2018-03-09")?.openSeconds)).toBe("2018-03-09T14:30:00.000Z");
  expect(utc(nyse.byDate("2018-03-12")?.openSeconds)).toBe("2018-03-12T13:30:00.000Z");
  expect(utc(nyse.byDate("2018-11-02")?.openSeconds)).toBe("2018-11-02T13:30:00.000Z");
  expect(utc(nyse.byDate("2018-11-05")?.openSeconds)).toBe("2018-11-05T14:30:00.000Z");
});

it("C1: a time outside the calendar has no session", () => {
  expect(at("2010-01-01T00:59:59Z")).toBeNull();
  expect(at("2010-01-01T01:00:00Z")).toBe("2010-01-04");
  expect(at("2028-12-30T00:59:59Z")).toBe("2028-12-29");
  expect(at("2028-12-30T01:00:00Z")).toBeNull();
  expect(nyse.byDate("2018-01-15")).toBeNull();
});

it("C2: the session before skips weekends and holidays, and the first has none", () => {
  const before = (date: string) => {
    const session = nyse.byDate(date);
    return session === null ? null : (nyse.before(session)?.date ?? null);
  };
  expect(before("2018-01-16")).toBe("2018-01-12");
  expect(before("2018-01-02")).toBe("2017-12-29");
  expect(before("2010-01-04")).toBeNull();
});

it("a daily bar's time is midnight in New York, in winter and in summer", () => {
  expect(newYorkDate(Date.parse("2014-01-02T05:00:00Z") / 1000)).toBe("2014-01-02");
  expect(newYorkDate(Date.parse("2014-06-06T04:00:00Z") / 1000)).toBe("2014-06-06");
  expect(newYorkDate(Date.parse("2014-06-06T03:59:59Z") / 1000)).toBe("2014-06-05");
});

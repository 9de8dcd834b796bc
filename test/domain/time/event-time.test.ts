import { expect, it } from "vitest";
import {
  compareTimes,
  type EventTime,
  formatDay,
  formatEventTime,
  nanosBetween,
  parseDay,
  parseEventTime,
} from "../../../domain/time/event-time.ts";

const rewritten = (text: string) => {
  const time = parseEventTime(text);
  return time === null ? null : formatEventTime(time);
};

it.each([
  ["2018-01-03T15:00:00Z", 1_514_991_600_000_000, 0],
  ["2018-01-03T15:00:00.123456789Z", 1_514_991_600_123_456, 789],
  ["1970-01-01T00:00:00.000000001Z", 0, 1],
  ["2200-12-31T23:59:59.999999999Z", 7_289_654_399_999_999, 999],
  ["2020-02-29T00:00:00Z", 1_582_934_400_000_000, 0],
])("W1: %s is read to the nanosecond", (text, micros, nanos) => {
  expect(parseEventTime(text)).toEqual({ micros, nanos });
});

it.each([
  ["2018-01-03T15:00:00.000000000Z", "2018-01-03T15:00:00Z"],
  ["2018-01-03T15:00:00.0Z", "2018-01-03T15:00:00Z"],
  ["2018-01-03T15:00:00.100Z", "2018-01-03T15:00:00.1Z"],
  ["2018-01-03T15:00:00.120000Z", "2018-01-03T15:00:00.12Z"],
  ["2018-01-03T15:00:00.000001Z", "2018-01-03T15:00:00.000001Z"],
  ["2018-01-03T15:00:00.000000010Z", "2018-01-03T15:00:00.00000001Z"],
  ["2018-01-03T15:00:00.000100100Z", "2018-01-03T15:00:00.0001001Z"],
  ["2018-01-03T15:00:00.123456789Z", "2018-01-03T15:00:00.123456789Z"],
])("P4: %s is written %s, trailing zeros cut", (text, expected) => {
  expect(rewritten(text)).toBe(expected);
});

it.each([
  ["no Z", "2018-01-03T15:00:00"],
  ["an offset", "2018-01-03T15:00:00+00:00"],
  ["an offset with a fraction", "2018-01-03T15:00:00.123-05:00"],
  ["ten decimals", "2018-01-03T15:00:00.1234567890Z"],
  ["a point and no decimals", "2018-01-03T15:00:00.Z"],
  ["a comma", "2018-01-03T15:00:00,5Z"],
  ["30 February", "2018-02-30T15:00:00Z"],
  ["29 February of no leap year", "2018-02-29T15:00:00Z"],
  ["29 February of 2100", "2100-02-29T15:00:00Z"],
  ["31 April", "2018-04-31T15:00:00Z"],
  ["month 13", "2018-13-01T15:00:00Z"],
  ["month 0", "2018-00-01T15:00:00Z"],
  ["day 0", "2018-01-00T15:00:00Z"],
  ["24:00", "2018-01-03T24:00:00Z"],
  ["minute 60", "2018-01-03T15:60:00Z"],
  ["a leap second", "2016-12-31T23:59:60Z"],
  ["a space for the T", "2018-01-03 15:00:00Z"],
  ["small letters", "2018-01-03t15:00:00z"],
  ["no seconds", "2018-01-03T15:00Z"],
  ["a sign", "2018-01-03T15:00:-1Z"],
  ["a letter in the fraction", "2018-01-03T15:00:00.12a4Z"],
  ["other digits", "２018-01-03T15:00:00Z"],
  ["a day only", "2018-01-03"],
  ["nothing", ""],
  ["the year 1969", "1969-12-31T23:59:59Z"],
  ["the year 2201", "2201-01-01T00:00:00Z"],
  ["a space behind", "2018-01-03T15:00:00Z "],
])("P4: a time with %s is none", (_, text) => {
  expect(parseEventTime(text)).toBeNull();
});

it("W1: of two moments in one microsecond the nanoseconds decide", () => {
  const early: EventTime = { micros: 5, nanos: 1 };
  const late: EventTime = { micros: 5, nanos: 2 };
  expect(compareTimes(early, late)).toBeLessThan(0);
  expect(compareTimes(late, early)).toBeGreaterThan(0);
  expect(compareTimes(late, { ...late })).toBe(0);
  expect(compareTimes({ micros: 6, nanos: 0 }, { micros: 5, nanos: 999 })).toBeGreaterThan(0);
  expect(nanosBetween({ micros: 5, nanos: 999 }, { micros: 6, nanos: 0 })).toBe(1);
});

it("P4: a day is read and written, and an impossible one is null", () => {
  expect(parseDay("1970-01-02")).toBe(1);
  expect(formatDay(17_534)).toBe("2018-01-03");
  expect(parseDay("2018/01/03")).toBeNull();
  expect(parseDay("2018-1-03")).toBeNull();
});

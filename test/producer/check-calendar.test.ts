import { expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { calendarDifferences } from "../../producer/check-calendar.ts";

const day = (date: string, close = "16:00") => ({ date, open: "09:30", close });
const compare = (answer: unknown) => calendarDifferences(nyse, answer, "2018-11-21", "2018-11-26");
const right = [day("2018-11-21"), day("2018-11-23", "13:00"), day("2018-11-26")];

it("C1: the same sessions and hours are no difference", () => {
  expect(compare(right)).toEqual([]);
});

it("C1: a session more, one less and another close are each a sentence", () => {
  expect(compare([...right.slice(0, 2), day("2018-11-22")])).toEqual([
    expect.stringMatching(/2018-11-22: closed, Alpaca: 09:30 to 16:00/),
    expect.stringMatching(/2018-11-26: 09:30 to 16:00, Alpaca: closed/),
  ]);
  expect(compare([day("2018-11-21"), day("2018-11-23"), day("2018-11-26")])).toHaveLength(1);
});

it("an answer that is no list differs in everything, and does not fail", () => {
  expect(compare({ message: "no" })).toHaveLength(3);
});

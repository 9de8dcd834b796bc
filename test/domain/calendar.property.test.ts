import fc from "fast-check";
import { expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";

const newYork = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "America/New_York",
  dateStyle: "short",
  timeStyle: "medium",
});
const first = nyse.sessions[0]?.beginSeconds ?? 0;
const last = nyse.sessions.at(-1)?.endSeconds ?? 0;

it("C1: sessions follow each other without a hole, in order, each with its hours inside", () => {
  expect(nyse.sessions.length).toBeGreaterThan(4500);
  let end = first;
  for (const [index, session] of nyse.sessions.entries()) {
    expect(session.index).toBe(index);
    expect(session.beginSeconds).toBe(end);
    expect([session.openSeconds, session.closeSeconds, session.endSeconds]).toEqual(
      [session.openSeconds, session.closeSeconds, session.endSeconds].toSorted((a, b) => a - b),
    );
    expect(session.openSeconds).toBeGreaterThan(session.beginSeconds);
    end = session.endSeconds;
  }
});

it("C1: New York's clock shows 20:00 where a session begins and 09:30 where it opens", () => {
  for (const session of nyse.sessions) {
    expect(newYork.format(session.beginSeconds * 1000)).toMatch(/ 20:00:00$/);
    expect(newYork.format(session.openSeconds * 1000)).toBe(`${session.date} 09:30:00`);
    expect(newYork.format(session.endSeconds * 1000)).toBe(`${session.date} 20:00:00`);
  }
});

it("C1: every moment of the table lies within its session, whatever was asked before", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: first, max: last, noNaN: true, maxExcluded: true })), (moments) => {
      for (const moment of moments) {
        const session = nyse.sessionAt(moment);
        expect(session !== null && session.beginSeconds <= moment && moment < session.endSeconds).toBe(true);
      }
    }),
  );
});

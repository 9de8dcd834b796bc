import fc from "fast-check";
import { expect, it } from "vitest";
import {
  compareTimes,
  formatDay,
  formatEventTime,
  nanosBetween,
  parseDay,
  parseEventTime,
} from "../../../domain/time/event-time.ts";

const endSeconds = Date.parse("2200-12-31T23:59:59Z") / 1000;
const anyMoment = fc.record({
  seconds: fc.integer({ min: 0, max: endSeconds }),
  fraction: fc.oneof(fc.integer({ min: 0, max: 999_999_999 }), fc.constantFrom(0, 1, 1000, 1_000_000, 999_999_999)),
});

/** The same moment by `Date`, which knows the calendar but not the nanoseconds. */
function textOf({ seconds, fraction }: { seconds: number; fraction: number }): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(fraction).padStart(9, "0")}Z`;
}

function nanosOf({ seconds, fraction }: { seconds: number; fraction: number }): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction);
}

it("W1: a moment is read as what Date and whole nanoseconds say", () => {
  fc.assert(
    fc.property(anyMoment, (moment) => {
      const time = parseEventTime(textOf(moment));
      expect(time === null ? null : BigInt(time.micros) * 1000n + BigInt(time.nanos)).toBe(nanosOf(moment));
      expect(time !== null && time.nanos >= 0 && time.nanos < 1000).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

it("P4: a moment is written as it was read, its trailing zeros cut", () => {
  fc.assert(
    fc.property(fc.array(anyMoment, { minLength: 1, maxLength: 5 }), (moments) => {
      for (const moment of moments) {
        const text = textOf(moment);
        const time = parseEventTime(text);
        const expected = text.replace(/\.?0+Z$/, "Z");
        expect(time === null ? null : formatEventTime(time)).toBe(expected);
        expect(parseEventTime(expected)).toEqual(time);
      }
    }),
    { numRuns: 2000 },
  );
});

it("P4: the text of a moment that exists is never refused with fewer decimals, nor a broken one taken", () => {
  fc.assert(
    fc.property(anyMoment, fc.integer({ min: 1, max: 9 }), fc.nat(29), (moment, decimals, at) => {
      const text = `${textOf(moment).slice(0, 20 + decimals)}Z`;
      expect(parseEventTime(text)).not.toBeNull();
      const broken = `${text.slice(0, at % text.length)}x${text.slice((at % text.length) + 1)}`;
      expect(parseEventTime(broken)).toBeNull();
    }),
    { numRuns: 2000 },
  );
});

it("W1: moments within a hundred days are ordered, and apart by exactly their nanoseconds", () => {
  const near = fc.integer({ min: -100 * 86_400, max: 100 * 86_400 });
  fc.assert(
    fc.property(anyMoment, near, fc.integer({ min: 0, max: 999_999_999 }), (from, seconds, fraction) => {
      const to = { seconds: Math.min(endSeconds, Math.max(0, from.seconds + seconds)), fraction };
      const [a, b] = [parseEventTime(textOf(from)), parseEventTime(textOf(to))];
      if (a === null || b === null) throw new Error("both are moments");
      const exact = nanosOf(to) - nanosOf(from);
      expect(BigInt(nanosBetween(a, b))).toBe(exact);
      expect(Math.sign(compareTimes(b, a))).toBe(exact < 0n ? -1 : exact > 0n ? 1 : 0);
    }),
    { numRuns: 2000 },
  );
});

it("P4: every day of the years 1970 to 2200 is what Date says", () => {
  for (let day = 0; day <= Math.floor(endSeconds / 86_400); day++) {
    const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
    if (formatDay(day) !== text || parseDay(text) !== day)
      expect([formatDay(day), parseDay(text)]).toEqual([text, day]);
  }
});

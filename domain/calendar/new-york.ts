import { formatDay, parseDay } from "../time/event-time.ts";

const daySeconds = 86_400;
const winterOffsetSeconds = -5 * 3600;
const summerOffsetSeconds = -4 * 3600;

/**
 * Seconds since the epoch of a wall-clock time in New York, `secondsOfDay` after midnight on a day (counted since the epoch).
 * The clock changes at 02:00, so that any time from 03:00 on has exactly one answer.
 */
export function newYorkToEpoch(day: number, secondsOfDay: number): number {
  const local = day * daySeconds + secondsOfDay;
  return local - (isSummer(local - winterOffsetSeconds) ? summerOffsetSeconds : winterOffsetSeconds);
}

/** `YYYY-MM-DD` in New York of a moment in seconds since the epoch: the date of a daily bar whose `t` this is. */
export function newYorkDate(epochSeconds: number): string {
  const offset = isSummer(epochSeconds) ? summerOffsetSeconds : winterOffsetSeconds;
  return formatDay(Math.floor((epochSeconds + offset) / daySeconds));
}

/**
 * Daylight saving by the rule in force since 2007: from the second Sunday of March to the first Sunday of November, 02:00 local time each.
 * @see https://www.nist.gov/pml/time-and-frequency-division/popular-links/daylight-saving-time-dst
 */
function isSummer(epochSeconds: number): boolean {
  const year = Number(formatDay(Math.floor(epochSeconds / daySeconds)).slice(0, 4));
  const beginsAt = firstSundayFrom(`${year}-03-08`) * daySeconds + 2 * 3600 - winterOffsetSeconds;
  const endsAt = firstSundayFrom(`${year}-11-01`) * daySeconds + 2 * 3600 - summerOffsetSeconds;
  return epochSeconds >= beginsAt && epochSeconds < endsAt;
}

function firstSundayFrom(date: string): number {
  const day = parseDay(date) ?? 0;
  return day + ((7 - weekdayOf(day)) % 7);
}

/** 0 for Sunday to 6 for Saturday; day 0 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

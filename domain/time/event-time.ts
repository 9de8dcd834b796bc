/**
 * A moment to the nanosecond (W1): whole microseconds since the epoch, and 0 to 999 nanoseconds past them. Two small numbers instead of one BigInt:
 * nanoseconds since the epoch do not fit a double, and windows end on whole seconds, so that most decisions need `micros` alone.
 */
export interface EventTime {
  readonly micros: number;
  readonly nanos: number;
}

/** Orders moments: negative where `a` is before `b`, 0 where they are equal. */
export function compareTimes(a: EventTime, b: EventTime): number {
  return a.micros - b.micros || a.nanos - b.nanos;
}

/** Nanoseconds from `from` to `to`; exact to 2^53 nanoseconds, 104 days. */
export function nanosBetween(from: EventTime, to: EventTime): number {
  return (to.micros - from.micros) * 1000 + (to.nanos - from.nanos);
}

/**
 * Reads RFC 3339 in UTC (`2018-01-03T15:00:00.123456789Z`, up to nine decimals), years 1970 to 2200.
 * Returns null for anything else, impossible dates included.
 */
export function parseEventTime(text: string): EventTime | null {
  return writeAscii(text) ? eventTimeIn(scratch, 0, text.length) : null;
}

/** The same for bytes[from, to). */
export function eventTimeIn(bytes: Uint8Array, from: number, to: number): EventTime | null {
  const length = to - from;
  if (length < 20 || length > 30 || bytes[from + 10] !== T || bytes[to - 1] !== Z) return null;
  if (bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return null;
  const days = dayAt(bytes, from);
  const hours = digits(bytes, from + 11, from + 13);
  const minutes = digits(bytes, from + 14, from + 16);
  const seconds = digits(bytes, from + 17, from + 19);
  if (days === null || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59)
    return null;
  let fraction = 0;
  if (length > 20) {
    if (length === 21 || bytes[from + 19] !== DOT) return null;
    fraction = digits(bytes, from + 20, to - 1);
    if (fraction < 0) return null;
    fraction *= POWERS_OF_TEN[30 - length] ?? 1;
  }
  const below = fraction % 1000;
  const micros = (days * 86_400 + hours * 3600 + minutes * 60 + seconds) * 1_000_000 + (fraction - below) / 1000;
  return { micros, nanos: below };
}

/** Writes a moment as RFC 3339 in UTC, the fraction's trailing zeros cut, none if zero (P4). */
export function formatEventTime(time: EventTime): string {
  const second = Math.floor(time.micros / 1_000_000);
  const fraction = (time.micros - second * 1_000_000) * 1000 + time.nanos;
  return fraction === 0 ? `${secondText(second)}Z` : `${secondText(second)}.${fractionText(fraction)}Z`;
}

/** Days since the epoch of the leading `YYYY-MM-DD`, or null where that is no date from 1970 to 2200. */
export function parseDay(text: string): number | null {
  return writeAscii(text.slice(0, 10)) ? dayAt(scratch, 0) : null;
}

/** `YYYY-MM-DD` of a day since the epoch. */
export function formatDay(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${year}-${TWO_DIGITS[month]}-${TWO_DIGITS[day]}`;
}

const T = 84;
const Z = 90;
const COLON = 58;
const DOT = 46;
const HYPHEN = 45;
const ZERO = 48;
const POWERS_OF_TEN = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
const TWO_DIGITS = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, "0"));

/** A text that is to be read as bytes, with zeros behind it. */
const scratch = new Uint8Array(30);

/** Whether the text has room there, and is ASCII. */
function writeAscii(text: string): boolean {
  if (text.length > scratch.length) return false;
  scratch.fill(0);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 127) return false;
    scratch[at] = unit;
  }
  return true;
}

function dayAt(bytes: Uint8Array, from: number): number | null {
  if (bytes[from + 4] !== HYPHEN || bytes[from + 7] !== HYPHEN) return null;
  const year = digits(bytes, from, from + 4);
  const month = digits(bytes, from + 5, from + 7);
  const day = digits(bytes, from + 8, from + 10);
  if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return daysFromCivil(year, month, day);
}

/** The number in bytes[from, to), or -1 where one is no digit. */
function digits(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** The text of the last second written: most records fall into the second of the one before. */
let cachedSecond = Number.NaN;
let cachedText = "";

function secondText(second: number): string {
  if (second === cachedSecond) return cachedText;
  const days = Math.floor(second / 86_400);
  const ofDay = second - days * 86_400;
  const hours = Math.floor(ofDay / 3600);
  const minutes = Math.floor((ofDay - hours * 3600) / 60);
  cachedText = `${formatDay(days)}T${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes]}:${TWO_DIGITS[ofDay - hours * 3600 - minutes * 60]}`;
  cachedSecond = second;
  return cachedText;
}

/** Up to nine digits of a fraction in nanoseconds, trailing zeros cut. */
function fractionText(nanos: number): string {
  let width = 9;
  let value = nanos;
  if (value % 1000 === 0) {
    value /= 1000;
    width = 6;
  }
  while (value % 10 === 0) {
    value /= 10;
    width--;
  }
  return String(value).padStart(width, "0");
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** @see https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** @see https://howardhinnant.github.io/date_algorithms.html#civil_from_days */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9);
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

import { formatPrice, formatTenThousandths } from "../price/format.ts";
import { type MidHalfMicros, type PriceMicros, roundMid } from "../price/price.ts";
import { formatDay } from "../time/event-time.ts";
import { type Ascii, ascii } from "./ascii.ts";

const nothing = ascii("null");
const objectEnd = ascii("}");
const doubleBytes = Float64Array.BYTES_PER_ELEMENT;
const chunkBytes = 65_536;
/** No number and no time takes more; what is written past its end is written over. */
const numberBytesMax = 64;

/**
 * Writes JSON as bytes, for a value is only ever sent, compared or kept as bytes: a text would be put together, flattened and copied first, which took
 * more than all else that is done for a quote. Each value is a view of a larger room that is not written to again, unless it is given back.
 */
export class JsonWriter {
  #bytes = new Uint8Array(chunkBytes);
  #view = new DataView(this.#bytes.buffer);
  /** Where the value began, and where it goes on. */
  #from = 0;
  #at = 0;

  /** Begins a value; what had been begun and not taken is given up. */
  begin(text: Ascii): this {
    this.#at = this.#from;
    return this.put(text);
  }

  /** The value that was written. */
  take(): Uint8Array {
    const value = this.#bytes.subarray(this.#from, this.#at);
    this.#from = this.#at;
    return value;
  }

  /** Closes the object, and gives the value that was written. */
  end(): Uint8Array {
    return this.put(objectEnd).take();
  }

  /**
   * Whoever has the value that was written last alone, and has done with it, gives its room for the next: a place that is written again and again stays in
   * the cache. Values are given back in the turn in which the next ones came, the last first; any other keeps its room, and so it is while one is begun.
   */
  giveBack(value: Uint8Array): void {
    if (value.buffer !== this.#bytes.buffer || value.byteOffset + value.length !== this.#from) return;
    if (this.#at !== this.#from) return;
    this.#from = value.byteOffset;
    this.#at = value.byteOffset;
  }

  put({ doubles, length }: Ascii): this {
    this.#reserve(doubles.length * doubleBytes);
    const view = this.#view;
    let at = this.#at;
    for (let index = 0; index < doubles.length; index++) {
      view.setFloat64(at, doubles[index] as number, true);
      at += doubleBytes;
    }
    this.#at += length;
    return this;
  }

  /** What is JSON already. */
  json(text: string): this {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > lastAscii) return this.#utf8(text);
      bytes[at++] = unit;
    }
    this.#at = at;
    return this;
  }

  /** A text, or null. */
  text(text: string | null): this {
    if (text === null) return this.put(nothing);
    this.#reserve(text.length + 2);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = quotationMark;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit < space || unit > lastAscii || unit === quotationMark || unit === backslash) {
        return this.json(JSON.stringify(text));
      }
      bytes[at++] = unit;
    }
    bytes[at++] = quotationMark;
    this.#at = at;
    return this;
  }

  texts(list: readonly string[]): this {
    this.#byte(openBracket);
    for (let index = 0; index < list.length; index++) {
      if (index > 0) this.#byte(comma);
      this.text(list[index] as string);
    }
    return this.#byte(closeBracket);
  }

  number(value: number): this {
    this.#reserve(numberBytesMax);
    // Whole numbers that fit 32 bits: what else there is, is rare.
    if (value >= 0 && (value | 0) === value) this.#digits(value);
    else this.json(String(value));
    return this;
  }

  /** A price in dollars, to six decimals, trailing zeros cut; null where there is none (P2). */
  price(price: PriceMicros | null): this {
    if (price === null) return this.put(nothing);
    if (!(price >= 0 && price <= priceMax)) return this.json(formatPrice(price));
    this.#reserve(numberBytesMax);
    const dollars = Math.floor(price / 1_000_000);
    const fraction = (price - dollars * 1_000_000) | 0;
    this.#digits(dollars);
    if (fraction === 0) return this;
    this.#byte(dot);
    const first = (fraction / 100) | 0;
    this.#decimals(first, (fraction - first * 100) * 100);
    return this;
  }

  /** A mid, rounded to the millionth (P2). */
  mid(mid: MidHalfMicros | null): this {
    return this.price(mid === null ? null : roundMid(mid));
  }

  /** A number of ten-thousandths, to four decimals, never `-0` (P2). */
  tenThousandths(value: number): this {
    const magnitude = value < 0 ? -value : value;
    if (!(magnitude < tenThousandthsMax)) return this.json(formatTenThousandths(value));
    this.#reserve(numberBytesMax);
    if (value < 0) this.#byte(hyphen);
    const whole = Math.floor(magnitude / 10_000);
    const fraction = (magnitude - whole * 10_000) | 0;
    this.#digits(whole);
    if (fraction === 0) return this;
    this.#byte(dot);
    this.#decimals(fraction, 0);
    return this;
  }

  /** A moment as `formatEventTime` has it (P4). */
  time(micros: number, nanos: number): this {
    this.#reserve(numberBytesMax);
    const second = Math.floor(micros / 1_000_000);
    const day = Math.floor(second / 86_400);
    if (day !== writtenDay) {
      writtenDay = day;
      dayText = ascii(`"${formatDay(day)}T`);
    }
    this.put(dayText);
    const ofDay = second - day * 86_400;
    const minute = (ofDay / 60) | 0;
    const hour = (minute / 60) | 0;
    this.#pair(hour);
    this.#byte(colon);
    this.#pair(minute - hour * 60);
    this.#byte(colon);
    this.#pair(ofDay - minute * 60);
    const fraction = (micros - second * 1_000_000) * 1000 + nanos;
    if (fraction > 0) this.#fraction(fraction);
    return this.put(timeEnd);
  }

  /** Up to nine decimals of nanoseconds. */
  #fraction(nanos: number): void {
    this.#byte(dot);
    const first = (nanos / 100_000) | 0;
    const rest = nanos - first * 100_000;
    const last = rest % 10;
    if (last === 0) this.#decimals(first, (rest / 10) | 0);
    else {
      this.#four(first);
      this.#four((rest / 10) | 0);
      this.#byte(zero + last);
    }
  }

  /** Eight decimals in two halves, trailing zeros cut; not all of them are zero. */
  #decimals(first: number, second: number): void {
    this.#view.setInt32(this.#at, fourDigits[first] as number, true);
    if (second === 0) {
      this.#at += significantDigits[first] as number;
      return;
    }
    this.#view.setInt32(this.#at + 4, fourDigits[second] as number, true);
    this.#at += 4 + (significantDigits[second] as number);
  }

  /** A whole number from 0 on, below 2^53. */
  #digits(value: number): void {
    if (value >= 10_000) {
      const high = Math.floor(value / 10_000);
      this.#digits(high);
      this.#four(value - high * 10_000);
      return;
    }
    const width = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4;
    // The first digit stands in the lowest byte: those in front of the number are shifted out.
    this.#view.setInt32(this.#at, (fourDigits[value] as number) >>> (32 - 8 * width), true);
    this.#at += width;
  }

  #four(value: number): void {
    this.#view.setInt32(this.#at, fourDigits[value] as number, true);
    this.#at += 4;
  }

  #pair(value: number): void {
    this.#view.setInt16(this.#at, (fourDigits[value] as number) >>> 16, true);
    this.#at += 2;
  }

  #byte(byte: number): this {
    this.#reserve(1);
    this.#bytes[this.#at++] = byte;
    return this;
  }

  #utf8(text: string): this {
    const encoded = encoder.encode(text);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#at);
    this.#at += encoded.length;
    return this;
  }

  /** Makes room for so many bytes more; the value begun moves to a new chunk where this one is full. */
  #reserve(bytes: number): void {
    if (this.#at + bytes > this.#bytes.length) this.#moveOn(bytes);
  }

  #moveOn(bytes: number): void {
    const begun = this.#bytes.subarray(this.#from, this.#at);
    this.#bytes = new Uint8Array(Math.max(chunkBytes, 2 * (begun.length + bytes)));
    this.#bytes.set(begun);
    this.#view = new DataView(this.#bytes.buffer);
    this.#from = 0;
    this.#at = begun.length;
  }
}

/** What values are written with, one after the other. */
export const json = new JsonWriter();

/** Beyond, a double holds no millionths, or ten-thousandths, that could be told apart. */
const priceMax = 1e15;
const tenThousandthsMax = 1e15;

/** Of the last time written: most records are of the day of the one before. */
let writtenDay = Number.NaN;
let dayText = ascii("");
const timeEnd = ascii('Z"');

const encoder = new TextEncoder();

// Not shared with the modules that read bytes: what is imported is looked up each time, and no constant to the compiler (5 percent of all that a quote costs).
const space = 0x20;
const quotationMark = 0x22;
const comma = 0x2c;
const hyphen = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
/** DEL is ASCII, and JSON leaves it as it is. */
const lastAscii = 0x7f;

/** The four digits of each number below 10,000, the first in the lowest byte; and how many of them are left when trailing zeros are cut. */
const fourDigits = new Int32Array(10_000);
const significantDigits = new Uint8Array(10_000);
for (let number = 0; number < 10_000; number++) {
  const text = String(number).padStart(4, "0");
  for (let index = 0; index < 4; index++) {
    fourDigits[number] = (fourDigits[number] as number) | (text.charCodeAt(index) << (8 * index));
    if (text[index] !== "0") significantDigits[number] = index + 1;
  }
}

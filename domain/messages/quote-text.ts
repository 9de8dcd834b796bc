import type { PriceMicros } from "../price/price.ts";
import { type EventTime, eventTimeIn } from "../time/event-time.ts";
import type { Quote } from "./raw-record.ts";

const quote = 0x22;
const comma = 0x2c;
const dot = 0x2e;
const zero = 0x30;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const closeBrace = 0x7d;
const space = 0x20;

const beginning = '{"T":"q"';
/** Of the price's whole dollars: more than there may be (P3) is not read here. */
const dollarsMax = 9_999_999;
const sizeDigitsMax = 15;
/** The symbol is kept, and of a longer part of a text V8 makes no copy, but keeps the whole text alive with it. */
const symbolLengthMax = 12;
const millionthDigits = 6;
const powersOfTen = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

/**
 * Reads a quote from its JSON text without making the JSON's objects first: the hot path. It reads what a vendor writes: `T` first, then the
 * fields in any order, no white space, no escapes, plain decimals of up to six places. Null for anything else, be it valid or not: what that is
 * `JSON.parse` and the checks behind it say. What is read here is what they would read.
 */
export function readQuoteText(text: string): Quote | null {
  return text.startsWith(beginning) ? new QuoteText(text).read() : null;
}

/** What has been read of a side: -1 and null for what has not. */
interface Side {
  price: number;
  size: number;
  exchange: string | null;
}

class QuoteText {
  readonly #text: string;
  #at = beginning.length;
  #symbol: string | null = null;
  #time: EventTime | null = null;
  readonly #bid: Side = { price: -1, size: -1, exchange: null };
  readonly #ask: Side = { price: -1, size: -1, exchange: null };
  #conditions: readonly string[] | null = null;
  #tape: string | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Quote | null {
    const text = this.#text;
    while (text.charCodeAt(this.#at) === comma) if (!this.#readField()) return null;
    // The closing brace, and nothing behind it.
    if (this.#at !== text.length - 1 || text.charCodeAt(this.#at) !== closeBrace) return null;
    const time = this.#time;
    const symbol = this.#symbol;
    const conditions = this.#conditions;
    const tape = this.#tape;
    const bid = this.#bid;
    const ask = this.#ask;
    if (time === null || symbol === null || symbol === "" || conditions === null || tape === null) return null;
    if (bid.price < 0 || bid.size < 0 || bid.exchange === null) return null;
    if (ask.price < 0 || ask.size < 0 || ask.exchange === null) return null;
    return {
      kind: "quote",
      symbol,
      micros: time.micros,
      nanos: time.nanos,
      bid: bid.price as PriceMicros,
      bidSize: bid.size,
      bidExchange: bid.exchange,
      ask: ask.price as PriceMicros,
      askSize: ask.size,
      askExchange: ask.exchange,
      conditions,
      tape,
    };
  }

  /** From a comma to the end of the field's value; false where it is none that is read here. Of a field that comes twice the last counts, as in JSON. */
  #readField(): boolean {
    const text = this.#text;
    const at = this.#at + 1;
    if (text.charCodeAt(at) !== quote) return false;
    const first = text.charCodeAt(at + 1);
    const second = text.charCodeAt(at + 2);
    if (second === quote) {
      if (text.charCodeAt(at + 3) !== colon) return false;
      this.#at = at + 4;
      return this.#readShort(first);
    }
    if (text.charCodeAt(at + 3) !== quote || text.charCodeAt(at + 4) !== colon) return false;
    this.#at = at + 5;
    if (first === 0x62) return this.#readSide(this.#bid, second);
    return first === 0x61 && this.#readSide(this.#ask, second);
  }

  #readShort(name: number): boolean {
    switch (name) {
      case 0x53: // S
        this.#symbol = this.#readText();
        return this.#symbol !== null && this.#symbol.length <= symbolLengthMax;
      case 0x74: // t
        return this.#readTime();
      case 0x63: // c
        this.#conditions = this.#readTexts();
        return this.#conditions !== null;
      case 0x7a: // z
        this.#tape = this.#readText();
        return this.#tape !== null;
      default:
        return false;
    }
  }

  #readSide(side: Side, name: number): boolean {
    switch (name) {
      case 0x70: // bp, ap
        side.price = this.#readPrice();
        return side.price >= 0;
      case 0x73: // bs, as
        side.size = this.#readSize();
        return side.size >= 0;
      case 0x78: // bx, ax
        side.exchange = this.#readText();
        return side.exchange !== null;
      default:
        return false;
    }
  }

  /** Where the text ends that begins behind a quotation mark at `start`; -1 where it has escapes or has no end. */
  #textEnd(start: number): number {
    const text = this.#text;
    if (text.charCodeAt(start) !== quote) return -1;
    for (let at = start + 1; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === quote) return at;
      if (unit === backslash || unit < space) return -1;
    }
    return -1;
  }

  #readText(): string | null {
    const start = this.#at;
    const end = this.#textEnd(start);
    if (end < 0) return null;
    this.#at = end + 1;
    // Most are of one letter, for which no string is made.
    return end === start + 2 ? (this.#text[start + 1] as string) : this.#text.substring(start + 1, end);
  }

  #readTexts(): readonly string[] | null {
    const text = this.#text;
    if (text.charCodeAt(this.#at) !== openBracket) return null;
    if (text.charCodeAt(this.#at + 1) === closeBracket) {
      this.#at += 2;
      return [];
    }
    const texts: string[] = [];
    do {
      this.#at++;
      const one = this.#readText();
      if (one === null) return null;
      texts.push(one);
    } while (text.charCodeAt(this.#at) === comma);
    if (text.charCodeAt(this.#at) !== closeBracket) return null;
    this.#at++;
    return texts;
  }

  #readTime(): boolean {
    const end = this.#textEnd(this.#at);
    if (end < 0) return false;
    this.#time = eventTimeIn(this.#text, this.#at + 1, end);
    this.#at = end + 1;
    return this.#time !== null;
  }

  /** A whole number without a sign, of as many digits as a double holds; -1 where it is none. */
  #readSize(): number {
    const start = this.#at;
    const value = this.#digits(start, start + sizeDigitsMax);
    return this.#isNumeral(start) ? value : -1;
  }

  /** Millionths of a dollar; -1 where it is no plain decimal of up to six places, or too much. */
  #readPrice(): number {
    const text = this.#text;
    const start = this.#at;
    const dollars = this.#digits(start, start + 8);
    if (!this.#isNumeral(start) || dollars > dollarsMax) return -1;
    if (text.charCodeAt(this.#at) !== dot) return dollars * 1_000_000;
    const from = this.#at + 1;
    const fraction = this.#digits(from, from + millionthDigits);
    const places = this.#at - from;
    if (places === 0) return -1;
    return dollars * 1_000_000 + fraction * (powersOfTen[millionthDigits - places] as number);
  }

  /** Reads digits up to `end`, and goes behind them. */
  #digits(from: number, end: number): number {
    const text = this.#text;
    let value = 0;
    let at = from;
    for (; at < end; at++) {
      const digit = text.charCodeAt(at) - zero;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    this.#at = at;
    return value;
  }

  /** JSON has no numeral without digits, and none of several that begins with 0. */
  #isNumeral(start: number): boolean {
    const length = this.#at - start;
    return length === 1 || (length > 1 && this.#text.charCodeAt(start) !== zero);
  }
}

import type { PriceMicros } from "../price/price.ts";
import { type EventTime, eventTimeIn } from "../time/event-time.ts";
import type { Quote } from "./raw-record.ts";
import { ShortTexts } from "./short-texts.ts";
import { isSymbol } from "./symbol.ts";

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
const lastAscii = 0x7f;

const beginning = new TextEncoder().encode('{"T":"q"');
/** Of the price's whole dollars: more than there may be (P3) is not read here. */
const dollarsMax = 9_999_999;
const sizeDigitsMax = 15;
const millionthDigits = 6;
const powersOfTen = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

/**
 * Reads a quote from its JSON, without making a text or the JSON's objects first: the hot path. It reads what a vendor writes: `T` first, then the
 * fields in any order, no white space, no escapes, ASCII, plain decimals of up to six places. Null for anything else, be it valid or not: what that
 * is `JSON.parse` and the checks behind it say. What is read here is what they would read.
 * @param start where the JSON lies in the bytes, and `end` what is behind it: they may hold more
 */
export function readQuote(bytes: Uint8Array, start = 0, end = bytes.length): Quote | null {
  for (let index = 0; index < beginning.length; index++) if (bytes[start + index] !== beginning[index]) return null;
  return reader.read(bytes, start, end);
}

/** What has been read of a side: -1 and null for what has not. */
class Side {
  price = -1;
  size = -1;
  exchange: string | null = null;

  begin(): void {
    this.price = -1;
    this.size = -1;
    this.exchange = null;
  }
}

const nothing = new Uint8Array();
const noTexts: readonly string[] = Object.freeze([]);

/** One is enough: it holds nothing from quote to quote but the texts. */
class QuoteReader {
  readonly #texts = new ShortTexts();
  readonly #symbols = new ShortTexts(isSymbol);
  #bytes: Uint8Array = nothing;
  #end = 0;
  #at = 0;
  #symbol: string | null = null;
  #time: EventTime | null = null;
  readonly #bid = new Side();
  readonly #ask = new Side();
  #conditions: readonly string[] | null = null;
  #tape: string | null = null;

  read(bytes: Uint8Array, start: number, end: number): Quote | null {
    this.#begin(bytes, start, end);
    const isWhole = this.#readFields();
    // The bytes are lent.
    this.#bytes = nothing;
    return isWhole ? this.#quote() : null;
  }

  #begin(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#end = end;
    this.#at = start + beginning.length;
    this.#symbol = null;
    this.#time = null;
    this.#bid.begin();
    this.#ask.begin();
    this.#conditions = null;
    this.#tape = null;
  }

  #quote(): Quote | null {
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

  /** Up to the closing brace, with nothing behind it. What goes on beyond the end does not come back to it. */
  #readFields(): boolean {
    const bytes = this.#bytes;
    while (bytes[this.#at] === comma) if (!this.#readField()) return false;
    return this.#at === this.#end - 1 && bytes[this.#at] === closeBrace;
  }

  /** From a comma to the end of the field's value; false where it is none that is read here. Of a field that comes twice the last counts, as in JSON. */
  #readField(): boolean {
    const bytes = this.#bytes;
    const at = this.#at + 1;
    if (bytes[at] !== quote) return false;
    const first = bytes[at + 1] as number;
    const second = bytes[at + 2] as number;
    if (second === quote) {
      if (bytes[at + 3] !== colon) return false;
      this.#at = at + 4;
      return this.#readShort(first);
    }
    if (bytes[at + 3] !== quote || bytes[at + 4] !== colon) return false;
    this.#at = at + 5;
    if (first === 0x62) return this.#readSide(this.#bid, second);
    return first === 0x61 && this.#readSide(this.#ask, second);
  }

  #readShort(name: number): boolean {
    switch (name) {
      case 0x53: // S
        this.#symbol = this.#readText(this.#symbols);
        return this.#symbol !== null;
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

  /** Where the text ends that begins with a quotation mark at `start`; -1 where it has escapes, is not ASCII, or has no end. */
  #textEnd(start: number): number {
    const bytes = this.#bytes;
    if (bytes[start] !== quote) return -1;
    const end = this.#end;
    for (let at = start + 1; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === quote) return at;
      if (byte === backslash || byte < space || byte > lastAscii) return -1;
    }
    return -1;
  }

  #readText(texts = this.#texts): string | null {
    const start = this.#at;
    const end = this.#textEnd(start);
    if (end < 0) return null;
    this.#at = end + 1;
    return texts.at(this.#bytes, start + 1, end);
  }

  #readTexts(): readonly string[] | null {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== openBracket) return null;
    if (bytes[this.#at + 1] === closeBracket) {
      this.#at += 2;
      return noTexts;
    }
    this.#at++;
    const first = this.#readText();
    if (first === null) return null;
    // There is one as a rule: a list that grows from nothing would take room for seventeen.
    const texts = [first];
    while (bytes[this.#at] === comma) {
      this.#at++;
      const next = this.#readText();
      if (next === null) return null;
      texts.push(next);
    }
    if (bytes[this.#at] !== closeBracket) return null;
    this.#at++;
    return texts;
  }

  #readTime(): boolean {
    const end = this.#textEnd(this.#at);
    if (end < 0) return false;
    this.#time = eventTimeIn(this.#bytes, this.#at + 1, end);
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
    const bytes = this.#bytes;
    const start = this.#at;
    const dollars = this.#digits(start, start + 8);
    if (!this.#isNumeral(start) || dollars > dollarsMax) return -1;
    if (bytes[this.#at] !== dot) return dollars * 1_000_000;
    const from = this.#at + 1;
    const fraction = this.#digits(from, from + millionthDigits);
    const places = this.#at - from;
    if (places === 0) return -1;
    return dollars * 1_000_000 + fraction * (powersOfTen[millionthDigits - places] as number);
  }

  /** Reads digits up to `end`, and goes behind them. */
  #digits(from: number, end: number): number {
    const bytes = this.#bytes;
    let value = 0;
    let at = from;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - zero;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    this.#at = at;
    return value;
  }

  /** JSON has no numeral without digits, and none of several that begins with 0. */
  #isNumeral(start: number): boolean {
    const length = this.#at - start;
    return length === 1 || (length > 1 && this.#bytes[start] !== zero);
  }
}

const reader = new QuoteReader();

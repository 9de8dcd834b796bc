import { type EventTime, parseEventTime } from "../../domain/time/event-time.ts";

const depthMax = 100;
const asciiLengthMax = 64;
const int64Min = -(2n ** 63n);
const uint64Max = 2n ** 64n - 1n;

/** Keys whose RFC 3339 text goes over the wire as msgpack's timestamp extension, as Alpaca sends it. */
const timeKeys: ReadonlySet<string> = new Set(["t", "created_at", "updated_at"]);

/**
 * Writes JSON-like values as msgpack, one after the other, into one growing buffer. Made for Alpaca's small flat messages, where it takes
 * about a third of the time of a general encoder. Bigints are written exactly as 64-bit integers (beyond those, as doubles).
 */
export class MsgpackWriter {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  constructor(capacity = 64 * 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** What has been written; shares the writer's memory until the next `truncate`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Takes back everything after the given length. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** @throws TypeError for a value nested more than 100 deep or one that JSON does not have */
  write(value: unknown): void {
    this.#value(value, 0);
  }

  #value(value: unknown, depth: number): void {
    if (typeof value === "string") this.string(value);
    else if (typeof value === "number") this.#number(value);
    else if (value === null || value === undefined) this.#byte(0xc0);
    else if (typeof value === "boolean") this.#byte(value ? 0xc3 : 0xc2);
    else if (typeof value === "bigint") this.#bigint(value);
    else if (typeof value !== "object" || depth >= depthMax) throw new TypeError("not a value that a message can hold");
    else if (Array.isArray(value)) this.#array(value, depth);
    else this.#map(value as Record<string, unknown>, depth);
  }

  #array(values: readonly unknown[], depth: number): void {
    this.#header(values.length, 0x90, 0xdc);
    for (const value of values) this.#value(value, depth + 1);
  }

  #map(object: Record<string, unknown>, depth: number): void {
    const keys = Object.keys(object);
    this.#header(keys.length, 0x80, 0xde);
    for (const key of keys) {
      const value = object[key];
      this.string(key);
      if (typeof value === "string" && depth === 0 && timeKeys.has(key)) this.#time(value);
      else this.#value(value, depth + 1);
    }
  }

  /** Header of an array or map: short form, 16 bits, or 32 bits (always the code after). */
  #header(count: number, fixCode: number, code16: number): void {
    this.#ensure(5);
    if (count < 16) {
      this.#bytes[this.#length++] = fixCode | count;
    } else if (count < 0x10000) {
      this.#bytes[this.#length] = code16;
      this.#view.setUint16(this.#length + 1, count);
      this.#length += 3;
    } else {
      this.#bytes[this.#length] = code16 + 1;
      this.#view.setUint32(this.#length + 1, count);
      this.#length += 5;
    }
  }

  string(text: string): void {
    const { length } = text;
    if (length <= asciiLengthMax && this.#ascii(text, length)) return;
    const byteLength = Buffer.byteLength(text, "utf8");
    this.#ensure(byteLength + 5);
    if (byteLength < 32) {
      this.#bytes[this.#length++] = 0xa0 | byteLength;
    } else if (byteLength < 0x100) {
      this.#bytes[this.#length] = 0xd9;
      this.#bytes[this.#length + 1] = byteLength;
      this.#length += 2;
    } else if (byteLength < 0x10000) {
      this.#bytes[this.#length] = 0xda;
      this.#view.setUint16(this.#length + 1, byteLength);
      this.#length += 3;
    } else {
      this.#bytes[this.#length] = 0xdb;
      this.#view.setUint32(this.#length + 1, byteLength);
      this.#length += 5;
    }
    this.#length += this.#bytes.write(text, this.#length, "utf8");
  }

  /** The quick way for short text: false, with nothing written, where a character is not ASCII. */
  #ascii(text: string, length: number): boolean {
    this.#ensure(length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    if (length < 32) {
      bytes[at++] = 0xa0 | length;
    } else {
      bytes[at++] = 0xd9;
      bytes[at++] = length;
    }
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return false;
      bytes[at++] = code;
    }
    this.#length = at;
    return true;
  }

  #time(text: string): void {
    const time = parseEventTime(text);
    if (time === null) this.string(text);
    else this.timestamp(time);
  }

  /** Extension -1 in the shortest of its three forms that holds the time. */
  timestamp(time: EventTime): void {
    const seconds = Math.floor(time.micros / 1e6);
    const nanos = (time.micros - seconds * 1e6) * 1000 + time.nanos;
    this.#ensure(15);
    const bytes = this.#bytes;
    const at = this.#length;
    if (seconds >= 0 && seconds < 2 ** 34) {
      if (nanos === 0 && seconds < 2 ** 32) {
        bytes[at] = 0xd6;
        bytes[at + 1] = 0xff;
        this.#view.setUint32(at + 2, seconds);
        this.#length += 6;
        return;
      }
      bytes[at] = 0xd7;
      bytes[at + 1] = 0xff;
      // 30 bits of nanoseconds, then 34 bits of seconds.
      this.#view.setUint32(at + 2, nanos * 4 + Math.floor(seconds / 2 ** 32));
      this.#view.setUint32(at + 6, seconds % 2 ** 32);
      this.#length += 10;
      return;
    }
    bytes[at] = 0xc7;
    bytes[at + 1] = 12;
    bytes[at + 2] = 0xff;
    this.#view.setUint32(at + 3, nanos);
    this.#view.setBigInt64(at + 7, BigInt(seconds));
    this.#length += 15;
  }

  #number(value: number): void {
    this.#ensure(9);
    const at = this.#length;
    if ((value | 0) === value && value >= -32) {
      if (value < 0x80) {
        this.#bytes[at] = value & 0xff;
        this.#length += 1;
      } else if (value < 0x10000) {
        this.#bytes[at] = 0xcd;
        this.#view.setUint16(at + 1, value);
        this.#length += 3;
      } else {
        this.#bytes[at] = 0xce;
        this.#view.setUint32(at + 1, value);
        this.#length += 5;
      }
    } else if (Number.isSafeInteger(value)) {
      this.#bigint(BigInt(value));
    } else {
      this.#bytes[at] = 0xcb;
      this.#view.setFloat64(at + 1, value);
      this.#length += 9;
    }
  }

  #bigint(value: bigint): void {
    if (value < int64Min || value > uint64Max) {
      this.#number(Number(value));
      return;
    }
    this.#ensure(9);
    this.#bytes[this.#length] = value < 0n ? 0xd3 : 0xcf;
    if (value < 0n) this.#view.setBigInt64(this.#length + 1, value);
    else this.#view.setBigUint64(this.#length + 1, value);
    this.#length += 9;
  }

  #byte(value: number): void {
    this.#ensure(1);
    this.#bytes[this.#length++] = value;
  }

  #ensure(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

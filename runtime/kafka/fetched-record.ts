import type { IncomingRecord } from "./types.ts";

/**
 * A record as it lies in the fetched bytes. Its fields are read when they are asked for: a stage that needs two of them makes no
 * objects for the others, which is most of what reading costs.
 */
export class FetchedRecord implements IncomingRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly #bytes: Buffer;
  /** Where the key's length stands. */
  readonly #start: number;
  /** Where the headers end. */
  readonly #end: number;

  constructor(bytes: Buffer, start: number, end: number, offset: number, timestampMs: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.offset = offset;
    this.timestampMs = timestampMs;
  }

  get key(): Buffer | null {
    return fieldAt(this.#read(), this.#start);
  }

  get value(): Buffer | null {
    const bytes = this.#read();
    return fieldAt(bytes, fieldEnd(bytes, this.#start));
  }

  /** Lets a reader read the value where it lies. */
  readValue<Read>(read: ValueReader<Read>): Read {
    const bytes = this.#read();
    const at = fieldEnd(bytes, this.#start);
    const length = varintAt(bytes, at);
    if (length < 0) return read(null);
    const from = varintEnd(bytes, at);
    return read(bytes, from, from + length);
  }

  get headers(): Readonly<Record<string, Buffer>> {
    // Without a prototype, so that a header may have any name.
    const headers = { __proto__: null } as unknown as Record<string, Buffer>;
    const bytes = this.#read();
    let at = this.#headersAt();
    const count = varintAt(bytes, at);
    at = varintEnd(bytes, at);
    for (let index = 0; index < count; index++) {
      const nameEnd = fieldEnd(bytes, at);
      const name = bytes.toString("utf8", varintEnd(bytes, at), nameEnd);
      headers[name] = fieldAt(bytes, nameEnd) ?? empty;
      at = fieldEnd(bytes, nameEnd);
    }
    return headers;
  }

  /** The value as UTF-8 text. */
  get text(): string | null {
    const bytes = this.#read();
    const at = fieldEnd(bytes, this.#start);
    const length = varintAt(bytes, at);
    if (length < 0) return null;
    const from = varintEnd(bytes, at);
    return bytes.toString("utf8", from, from + length);
  }

  /** What `copyWithoutValue` writes. */
  get bytesWithoutValue(): number {
    const bytes = this.#read();
    const valueAt = fieldEnd(bytes, this.#start);
    return valueAt - this.#start + 1 + this.#end - fieldEnd(bytes, valueAt);
  }

  /** Copies its key and headers as they lie there, and no value: a record made of the copy is the same without it. Returns where the copy ends. */
  copyWithoutValue(into: Buffer, start: number): number {
    const bytes = this.#read();
    const valueAt = fieldEnd(bytes, this.#start);
    const at = start + bytes.copy(into, start, this.#start, valueAt);
    into[at] = nullField;
    return at + 1 + bytes.copy(into, at + 1, fieldEnd(bytes, valueAt), this.#end);
  }

  /** Whether the value begins so. */
  valueStartsWith(beginning: Buffer): boolean {
    const bytes = this.#read();
    const at = fieldEnd(bytes, this.#start);
    if (varintAt(bytes, at) < beginning.length) return false;
    const from = varintEnd(bytes, at);
    // From the end: the beginnings that are asked for are alike in what they begin with.
    for (let index = beginning.length - 1; index >= 0; index--) {
      if (bytes[from + index] !== beginning[index]) return false;
    }
    return true;
  }

  /** Walks the headers, giving where the name and the value of each stand: no objects are made. */
  eachHeader(see: HeaderSeen): void {
    const bytes = this.#read();
    let at = this.#headersAt();
    const count = varintAt(bytes, at);
    at = varintEnd(bytes, at);
    for (let index = 0; index < count; index++) {
      const nameStart = varintEnd(bytes, at);
      const nameEnd = nameStart + varintAt(bytes, at);
      const start = varintEnd(bytes, nameEnd);
      const end = start + Math.max(varintAt(bytes, nameEnd), 0);
      see(bytes, nameStart, nameEnd, start, end);
      at = end;
    }
  }

  /** The value of the last header of this name, which must be ASCII. */
  header(name: string): Buffer | undefined {
    const at = this.#headerAt(name);
    return at === -1 ? undefined : (fieldAt(this.#bytes, at) ?? empty);
  }

  /** Copies that value, where there is one of just this length; false, and nothing copied, where there is none. */
  copyHeader(name: string, length: number, into: Uint8Array, start: number): boolean {
    const bytes = this.#bytes;
    const found = this.#headerAt(name);
    if (found === -1 || varintAt(bytes, found) !== length) return false;
    const from = varintEnd(bytes, found);
    for (let index = 0; index < length; index++) into[start + index] = bytes[from + index] as number;
    return true;
  }

  /** Where the value of the last header of this name stands, its length first; -1 where there is none. */
  #headerAt(name: string): number {
    const bytes = this.#read();
    let found = -1;
    let at = this.#headersAt();
    const count = varintAt(bytes, at);
    at = varintEnd(bytes, at);
    for (let index = 0; index < count; index++) {
      const nameEnd = fieldEnd(bytes, at);
      if (isName(bytes, varintEnd(bytes, at), nameEnd, name)) found = nameEnd;
      at = fieldEnd(bytes, nameEnd);
    }
    return found;
  }

  #headersAt(): number {
    return fieldEnd(this.#bytes, fieldEnd(this.#bytes, this.#start));
  }

  /** @throws RangeError where the batch was released: nothing can be read any more, and must not seem to be empty */
  #read(): Buffer {
    if (this.#bytes.length === 0) throw new RangeError(`The batch of the record at ${this.offset} was released`);
    return this.#bytes;
  }
}

/** Is told of a header: its name is `bytes[nameStart, nameEnd)`, its value `bytes[start, end)`. */
export type HeaderSeen = (bytes: Buffer, nameStart: number, nameEnd: number, start: number, end: number) => void;

/** Reads a value: `bytes[start, end)`, all of them where nothing else is said; null where the record has none. */
export type ValueReader<Read> = (bytes: Uint8Array | null, start?: number, end?: number) => Read;

/** What a reader makes of a record's value: no object is made for the value itself. */
export function readValue<Read>(record: IncomingRecord, read: ValueReader<Read>): Read {
  return record instanceof FetchedRecord ? record.readValue(read) : read(record.value);
}

/** The value of a record as UTF-8 text; null where it has none. */
export function valueText(record: IncomingRecord): string | null {
  if (record instanceof FetchedRecord) return record.text;
  return record.value === null ? null : record.value.toString("utf8");
}

/** Whether a record's value begins so. */
export function valueStartsWith(record: IncomingRecord, beginning: Buffer): boolean {
  if (record instanceof FetchedRecord) return record.valueStartsWith(beginning);
  return record.value?.subarray(0, beginning.length).equals(beginning) ?? false;
}

/** One header of a record, by its ASCII name: quicker than all of them. */
export function headerOf(record: IncomingRecord, name: string): Buffer | undefined {
  return record instanceof FetchedRecord ? record.header(name) : record.headers[name];
}

/** Copies one header, where it has just this length; false, and nothing copied, where it is absent or has another. */
export function copyHeader(
  record: IncomingRecord,
  name: string,
  length: number,
  into: Uint8Array,
  start: number,
): boolean {
  if (record instanceof FetchedRecord) return record.copyHeader(name, length, into, start);
  const value = record.headers[name];
  if (value?.length !== length) return false;
  into.set(value, start);
  return true;
}

const empty = Buffer.alloc(0);
/** The length -1 as a varint with zigzag. */
const nullField = 1;

/** The signed number with zigzag that stands there, as the fields within record batches do. */
export function varintAt(bytes: Buffer, start: number): number {
  // Most are short.
  const first = bytes[start] as number;
  if (first < 128) return (first >>> 1) ^ -(first & 1);
  let value = 0;
  let at = start;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[at++] as number;
    value |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return (value >>> 1) ^ -(value & 1);
}

/** Where a varint ends that begins there. */
export function varintEnd(bytes: Buffer, start: number): number {
  let at = start;
  while ((bytes[at++] as number) > 127) if (at - start >= varlongBytesMax) break;
  return at;
}

const varlongBytesMax = 10;

/** Where a field of a length and bytes ends; null has length -1. */
function fieldEnd(bytes: Buffer, start: number): number {
  const length = varintAt(bytes, start);
  return varintEnd(bytes, start) + Math.max(length, 0);
}

function fieldAt(bytes: Buffer, start: number): Buffer | null {
  const length = varintAt(bytes, start);
  if (length < 0) return null;
  const from = varintEnd(bytes, start);
  return bytes.subarray(from, from + length);
}

function isName(bytes: Buffer, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false;
  for (let index = 0; index < name.length; index++) if (bytes[start + index] !== name.charCodeAt(index)) return false;
  return true;
}

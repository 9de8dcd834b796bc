import type { EncodedHeaders, RecordHeaders } from "./types.ts";
import { varintSize, writeVarint } from "./varint.ts";

/** The longest varints, lengths and counts that one header can need beside its text. */
const headerOverheadMax = 10;
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const bytesPerUnitMax = 3;

/** Writes a length as a varint and the bytes; null is length -1. Returns where they end. */
export function writeField(target: Buffer, field: string | Uint8Array | null, start: number): number {
  if (field === null) return writeVarint(target, -1, start);
  if (typeof field !== "string") return writeBytes(target, field, start);
  if (field.length < shortText) {
    const end = writeShortAscii(target, field, start);
    if (end !== -1) return end;
  }
  const guess = varintSize(field.length);
  const length = target.write(field, start + guess, "utf8");
  const size = varintSize(length);
  if (size !== guess) target.copyWithin(start + size, start + guess, start + guess + length);
  writeVarint(target, length, start);
  return start + size + length;
}

function writeBytes(target: Buffer, bytes: Uint8Array, start: number): number {
  let at = writeVarint(target, bytes.length, start);
  if (bytes.length >= shortText) {
    target.set(bytes, at);
    return at + bytes.length;
  }
  for (let index = 0; index < bytes.length; index++) target[at++] = bytes[index] as number;
  return at;
}

/** Below this many characters or bytes a loop is quicker than a call into native code; their length takes one byte. */
const shortText = 48;

/** Where the text ends, or -1 if it is not ASCII. */
function writeShortAscii(target: Buffer, text: string, start: number): number {
  target[start] = text.length << 1;
  let at = start + 1;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 127) return -1;
    target[at++] = unit;
  }
  return at;
}

/** The most that `writeField` writes. */
export function fieldSizeMax(field: string | Uint8Array | null): number {
  if (field === null) return 1;
  return typeof field === "string" ? field.length * bytesPerUnitMax : field.length;
}

/** Headers as a record holds them: for whoever writes nearly the same ones again and again. */
export function encodeHeaders(headers: RecordHeaders): EncodedHeaders {
  const target = Buffer.alloc(headersSizeMax(headers));
  return target.subarray(0, writeHeaders(target, headers, 0)) as Uint8Array as EncodedHeaders;
}

/** Writes how many headers there are, then name and value of each. Returns where they end. */
export function writeHeaders(target: Buffer, headers: RecordHeaders | EncodedHeaders, start: number): number {
  if (headers instanceof Uint8Array) {
    target.set(headers, start);
    return start + headers.length;
  }
  let at = start + 1;
  let count = 0;
  for (const name in headers) {
    const encoded = headerNames.get(name) ?? encodeName(name);
    for (let index = 0; index < encoded.length; index++) target[at++] = encoded[index] as number;
    at = writeField(target, headers[name] as string | Uint8Array, at);
    count++;
  }
  const size = varintSize(count);
  if (size > 1) {
    target.copyWithin(start + size, start + 1, at);
    at += size - 1;
  }
  writeVarint(target, count, start);
  return at;
}

/** The most that `writeHeaders` writes. */
export function headersSizeMax(headers: RecordHeaders | EncodedHeaders): number {
  if (headers instanceof Uint8Array) return headers.length;
  let size = headerOverheadMax;
  for (const name in headers) {
    size += headerOverheadMax + name.length * bytesPerUnitMax + fieldSizeMax(headers[name] as string | Uint8Array);
  }
  return size;
}

/** Header names are few and come back in every record. */
const headerNames = new Map<string, Buffer>();
const headerNamesMax = 1000;

function encodeName(name: string): Buffer {
  const text = Buffer.from(name);
  const encoded = Buffer.alloc(varintSize(text.length) + text.length);
  text.copy(encoded, writeVarint(encoded, text.length, 0));
  if (headerNames.size < headerNamesMax) headerNames.set(name, encoded);
  return encoded;
}

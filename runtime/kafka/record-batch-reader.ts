import { gunzipSync } from "node:zlib";
import { PipelineError } from "../../domain/errors.ts";
import type { IncomingRecord } from "./types.ts";

// Where the fields of a record batch (magic 2) stand: https://kafka.apache.org/documentation/#recordbatch
const lengthAt = 8;
const lengthFrom = 12;
const magicAt = 16;
const attributesAt = 21;
const lastOffsetDeltaAt = 23;
const baseTimestampAt = 27;
const maxTimestampAt = 35;
const producerIdAt = 43;
const recordCountAt = 57;
const recordsAt = 61;

const compressionBits = 0x07;
const gzip = 1;
const logAppendTimeBit = 0x08;
const transactionalBit = 0x10;
const controlBit = 0x20;

/** A transaction that was aborted: what its producer wrote from this offset on does not count, up to its abort marker. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface DecodedBatches {
  readonly records: IncomingRecord[];
  /** The offset after the last whole batch, whether or not it showed any record; null where there was none. */
  readonly nextOffset: number | null;
}

/**
 * Decodes the record batches of one partition's fetch, leaving out markers, aborted transactions, and records before `fromOffset`.
 * Keys, values and headers are views of `bytes`, not copies. A batch that is cut off at the end is left for the next fetch.
 */
export function readBatches(bytes: Buffer, fromOffset: number, aborted: readonly AbortedTransaction[]): DecodedBatches {
  const records: IncomingRecord[] = [];
  const waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<bigint>();
  let nextOffset: number | null = null;
  let at = 0;
  while (at + recordsAt <= bytes.length) {
    const end = at + lengthFrom + bytes.readInt32BE(at + lengthAt);
    if (end > bytes.length) break;
    const batch = bytes.subarray(at, end);
    const lastOffset = readInt64(batch, 0) + batch.readInt32BE(lastOffsetDeltaAt);
    while (waiting[0] !== undefined && waiting[0].firstOffset <= lastOffset) {
      open.add(waiting[0].producerId);
      waiting.shift();
    }
    const attributes = batch.readInt16BE(attributesAt);
    const producerId = batch.readBigInt64BE(producerIdAt);
    if ((attributes & controlBit) !== 0) open.delete(producerId);
    else if ((attributes & transactionalBit) === 0 || !open.has(producerId)) readRecords(batch, fromOffset, records);
    nextOffset = lastOffset + 1;
    at = end;
  }
  return { records, nextOffset };
}

function readRecords(batch: Buffer, fromOffset: number, into: IncomingRecord[]): void {
  const attributes = batch.readInt16BE(attributesAt);
  const baseOffset = readInt64(batch, 0);
  const baseTimestampMs = readInt64(batch, baseTimestampAt);
  const appendTimeMs = (attributes & logAppendTimeBit) === 0 ? null : readInt64(batch, maxTimestampAt);
  const cursor = new RecordCursor(recordBytes(batch, attributes));
  for (let count = batch.readInt32BE(recordCountAt); count > 0; count--) {
    const length = cursor.varint();
    const end = cursor.position + length;
    cursor.position++; // Attributes, unused.
    const timestampMs = baseTimestampMs + cursor.varlong();
    const offset = baseOffset + cursor.varint();
    if (offset >= fromOffset) {
      const key = cursor.field();
      const value = cursor.field();
      into.push({ offset, key, value, headers: cursor.headers(), timestampMs: appendTimeMs ?? timestampMs });
    }
    cursor.position = end;
  }
}

function recordBytes(batch: Buffer, attributes: number): Buffer {
  if (batch[magicAt] !== 2) throw unreadable("has records of a format older than Kafka 0.11");
  const codec = attributes & compressionBits;
  const bytes = batch.subarray(recordsAt);
  if (codec === 0) return bytes;
  if (codec === gzip) return gunzipSync(bytes);
  throw unreadable("has records in a compression other than gzip");
}

function unreadable(what: string): PipelineError {
  const remedy = "Let its producers send uncompressed or with gzip.";
  return new PipelineError("kafkaTopic", `The topic ${what}, which this reader cannot read.`, { remedy });
}

/** A header name of the record before, which most often comes again at the same place. */
interface KnownName {
  readonly bytes: Buffer;
  readonly name: string;
}

class RecordCursor {
  position = 0;
  readonly #bytes: Buffer;
  readonly #names: KnownName[] = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.position++] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** Most are a few bytes and fit 32 bits. */
  varlong(): number {
    const start = this.position;
    let length = 1;
    while (length < 10 && (this.#bytes[start + length - 1] as number) > 127) length++;
    if (length < 5) return this.varint();
    let value = 0n;
    for (let index = 0; index < length; index++) {
      value |= BigInt((this.#bytes[start + index] as number) & 127) << BigInt(7 * index);
    }
    this.position = start + length;
    return Number(BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)));
  }

  field(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const start = this.position;
    this.position += length;
    return this.#bytes.subarray(start, this.position);
  }

  headers(): Record<string, Buffer> {
    // Without a prototype, so that a header may have any name.
    const headers = { __proto__: null } as unknown as Record<string, Buffer>;
    const count = this.varint();
    for (let index = 0; index < count; index++) headers[this.#name(index)] = this.field() ?? emptyBuffer;
    return headers;
  }

  #name(index: number): string {
    const length = this.varint();
    const start = this.position;
    this.position += length;
    const known = this.#names[index];
    if (known !== undefined && isSame(this.#bytes, start, known.bytes, length)) return known.name;
    const bytes = this.#bytes.subarray(start, this.position);
    const name = bytes.toString();
    this.#names[index] = { bytes, name };
    return name;
  }
}

const emptyBuffer = Buffer.alloc(0);

function isSame(bytes: Buffer, start: number, other: Buffer, length: number): boolean {
  if (other.length !== length) return false;
  for (let index = 0; index < length; index++) if (bytes[start + index] !== other[index]) return false;
  return true;
}

function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
}

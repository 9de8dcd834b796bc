import { PipelineError } from "../../domain/errors.ts";
import { uncompressedRecords } from "./compression.ts";
import { FetchedRecord, varintAt, varintEnd } from "./fetched-record.ts";
import { giveBack } from "./give-back.ts";
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

const logAppendTimeBit = 0x08;
const transactionalBit = 0x10;
const controlBit = 0x20;

/** A transaction that was aborted: what its producer wrote from this offset on does not count, up to its abort marker. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface DecodedBatches {
  /** Uncompressed and decoded when they are first asked for: what waits for its reader stays as small as it came. */
  readonly records: IncomingRecord[];
  /** The same, each made when it is asked for: thousands that wait for their turn make the young generation grow, which does not shrink again. */
  each(): Generator<IncomingRecord>;
  /** The offset after the last whole batch, whether or not it showed any record; null where there was none. */
  readonly nextOffset: number | null;
  /** Of the records' memory, what is not of the bytes that they were decoded from: nothing of them is to be looked at any more. */
  release(): void;
}

/**
 * Decodes the record batches of one partition's fetch, leaving out markers, aborted transactions, and records before `fromOffset`.
 * Records are views of `bytes`, not copies, and read when asked. A batch that is cut off at the end is left for the next fetch.
 */
export function readBatches(bytes: Buffer, fromOffset: number, aborted: readonly AbortedTransaction[]): DecodedBatches {
  const batches = wholeBatches(bytes);
  const last = batches.at(-1);
  let records: IncomingRecord[] | undefined;
  const uncompressed = new Uncompressed();
  return {
    nextOffset: last === undefined ? null : lastOffsetOf(last) + 1,
    get records() {
      records ??= recordsOf(batches, fromOffset, aborted, uncompressed);
      return records;
    },
    *each() {
      for (const batch of visibleBatches(batches, aborted)) {
        const inBatch = new BatchRecords(batch, uncompressed, fromOffset);
        for (let record = inBatch.next(); record !== null; record = inBatch.next()) yield record;
      }
    },
    release: () => uncompressed.release(),
  };
}

function wholeBatches(bytes: Buffer): readonly Buffer[] {
  const batches: Buffer[] = [];
  for (let at = 0; at + recordsAt <= bytes.length; ) {
    const end = at + lengthFrom + bytes.readInt32BE(at + lengthAt);
    if (end > bytes.length) break;
    batches.push(bytes.subarray(at, end));
    at = end;
  }
  return batches;
}

function lastOffsetOf(batch: Buffer): number {
  return readInt64(batch, 0) + batch.readInt32BE(lastOffsetDeltaAt);
}

function recordsOf(
  batches: readonly Buffer[],
  fromOffset: number,
  aborted: readonly AbortedTransaction[],
  uncompressed: Uncompressed,
): IncomingRecord[] {
  const records: IncomingRecord[] = [];
  for (const batch of visibleBatches(batches, aborted)) {
    const inBatch = new BatchRecords(batch, uncompressed, fromOffset);
    for (let record = inBatch.next(); record !== null; record = inBatch.next()) records.push(record);
  }
  return records;
}

/** Without markers and what was aborted. */
function* visibleBatches(batches: readonly Buffer[], aborted: readonly AbortedTransaction[]): Generator<Buffer> {
  const waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<bigint>();
  for (const batch of batches) {
    const lastOffset = lastOffsetOf(batch);
    while (waiting[0] !== undefined && waiting[0].firstOffset <= lastOffset) {
      open.add(waiting[0].producerId);
      waiting.shift();
    }
    const attributes = batch.readInt16BE(attributesAt);
    const producerId = batch.readBigInt64BE(producerIdAt);
    if ((attributes & controlBit) !== 0) open.delete(producerId);
    else if ((attributes & transactionalBit) === 0 || !open.has(producerId)) yield batch;
  }
}

/** The records of batches as bytes, uncompressed once however often they are walked. */
class Uncompressed {
  readonly #byBatch = new Map<Buffer, Buffer>();

  /** @throws PipelineError `kafkaTopic` for a batch that this reader cannot read */
  of(batch: Buffer): Buffer {
    const known = this.#byBatch.get(batch);
    if (known !== undefined) return known;
    const bytes = recordBytes(batch);
    // What was not compressed lies in the batch itself.
    if (bytes.buffer !== batch.buffer) this.#byBatch.set(batch, bytes);
    return bytes;
  }

  release(): void {
    for (const bytes of this.#byBatch.values()) giveBack(bytes);
    this.#byBatch.clear();
  }
}

/** Walks the records of one batch. */
class BatchRecords {
  readonly #bytes: Buffer;
  readonly #fromOffset: number;
  readonly #baseOffset: number;
  readonly #baseTimestampMs: number;
  readonly #appendTimeMs: number | null;
  #left: number;
  #at = 0;

  constructor(batch: Buffer, uncompressed: Uncompressed, fromOffset: number) {
    const isAppendTime = (batch.readInt16BE(attributesAt) & logAppendTimeBit) !== 0;
    this.#bytes = uncompressed.of(batch);
    this.#fromOffset = fromOffset;
    this.#baseOffset = readInt64(batch, 0);
    this.#baseTimestampMs = readInt64(batch, baseTimestampAt);
    this.#appendTimeMs = isAppendTime ? readInt64(batch, maxTimestampAt) : null;
    this.#left = batch.readInt32BE(recordCountAt);
  }

  /** @throws RangeError where the batch was released: that must not seem to be its end */
  next(): FetchedRecord | null {
    const bytes = this.#bytes;
    if (bytes.length === 0 && this.#left > 0) throw new RangeError("The batch was released before its last record");
    while (this.#left-- > 0) {
      const length = varintAt(bytes, this.#at);
      const start = varintEnd(bytes, this.#at);
      const timestampDeltaAt = start + 1; // Behind the attributes, unused.
      const offsetDeltaAt = varintEnd(bytes, timestampDeltaAt);
      const offset = this.#baseOffset + varintAt(bytes, offsetDeltaAt);
      this.#at = start + length;
      if (offset < this.#fromOffset) continue;
      const timestampMs =
        this.#appendTimeMs ?? this.#baseTimestampMs + varlongAt(bytes, timestampDeltaAt, offsetDeltaAt);
      return new FetchedRecord(bytes, varintEnd(bytes, offsetDeltaAt), this.#at, offset, timestampMs);
    }
    return null;
  }
}

/** Most are a few bytes and fit 32 bits. */
function varlongAt(bytes: Buffer, start: number, end: number): number {
  if (end - start < 5) return varintAt(bytes, start);
  let value = 0n;
  for (let at = start; at < end; at++) value |= BigInt((bytes[at] as number) & 127) << BigInt(7 * (at - start));
  return Number(BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)));
}

function recordBytes(batch: Buffer): Buffer {
  if (batch[magicAt] !== 2) throw unreadable("has records of a format older than Kafka 0.11");
  const bytes = uncompressedRecords(batch);
  if (bytes === null) throw unreadable("has records in a compression other than gzip and zstd");
  return bytes;
}

function unreadable(what: string): PipelineError {
  const remedy = "Let its producers send uncompressed, or with gzip or zstd.";
  return new PipelineError("kafkaTopic", `The topic ${what}, which this reader cannot read.`, { remedy });
}

function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
}

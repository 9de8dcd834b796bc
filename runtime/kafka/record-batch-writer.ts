import { crc32c } from "@node-rs/crc32";
import { takeRoom } from "./batch-room.ts";
import { codecBits } from "./compression.ts";
import { fieldSizeMax, headersSizeMax, writeField, writeHeaders } from "./record-fields.ts";
import type { OutgoingRecord, RecordToEncode } from "./types.ts";
import { varintSize, writeVarint } from "./varint.ts";

// Where the fields of a record batch (magic 2) stand: https://kafka.apache.org/documentation/#recordbatch
const lengthAt = 8;
const leaderEpochAt = 12;
const magicAt = 16;
const crcAt = 17;
const attributesAt = 21;
const lastOffsetDeltaAt = 23;
const baseTimestampAt = 27;
const maxTimestampAt = 35;
const producerIdAt = 43;
const producerEpochAt = 51;
const baseSequenceAt = 53;
const recordCountAt = 57;
const recordsAt = 61;

const transactionalBit = 0x10;
/** The longest varints, lengths and counts that one record can need beside its fields. */
const recordOverheadMax = 32;

/** Who a batch comes from: what makes repeats harmless (idempotence), and its transaction. */
export interface BatchProducer {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly transactional: boolean;
}

/** Kafka's default limit is 1 MiB a batch. */
const batchBytesMax = 900_000;

const scratchBytesMin = 16_384;

/**
 * Encodes record batches, format version 2, in one pass into a buffer that is used again and again. The library's own encoder makes
 * several buffers for each field: 25 to 36 µs a record, where this takes about 1.
 */
export class RecordBatchWriter {
  readonly #bytesMax: number;
  #scratch = Buffer.allocUnsafe(scratchBytesMin);
  #at = recordsAt;
  #count = 0;

  /** `bytesMax` bounds a batch; a single record that is larger makes a batch of its own. */
  constructor(bytesMax = batchBytesMax) {
    this.#bytesMax = bytesMax;
  }

  /** How many records wait for `take`. */
  get count(): number {
    return this.#count;
  }

  /** Encodes a record behind those that wait; false, and nothing done, where the batch would become too large. */
  add(record: RecordToEncode): boolean {
    this.#reserve(this.#at, sizeMax(record));
    const end = this.#writeRecord(record, this.#count, this.#at);
    if (end > this.#bytesMax && this.#count > 0) return false;
    this.#at = end;
    this.#count++;
    return true;
  }

  /** The records that wait, as a batch of their own bytes; it is not valid before `sealBatch`. */
  take(timestampMs: number): { readonly batch: Buffer; readonly count: number } {
    const count = this.#count;
    const batch = takeRoom(this.#at);
    this.#scratch.copy(batch, recordsAt, recordsAt, this.#at);
    writeHeader(batch, count, timestampMs);
    this.#at = recordsAt;
    this.#count = 0;
    return { batch, count };
  }

  /** Encodes as many records as fit, from index `from` on; at least one. The batch is not valid before `sealBatch`. */
  write(records: readonly OutgoingRecord[], from: number, timestampMs: number) {
    for (let index = from; index < records.length; index++) if (!this.add(records[index] as OutgoingRecord)) break;
    return this.take(timestampMs);
  }

  #reserve(used: number, more: number): void {
    if (used + more <= this.#scratch.length) return;
    const larger = Buffer.allocUnsafe((used + more) * 2);
    this.#scratch.copy(larger, 0, 0, used);
    this.#scratch = larger;
  }

  #writeRecord(record: RecordToEncode, offsetDelta: number, start: number): number {
    const scratch = this.#scratch;
    // The length stands first but is known last: most records take two bytes for it, and the others are moved.
    const guess = 2;
    let at = start + guess;
    scratch[at++] = 0; // Attributes, unused.
    scratch[at++] = 0; // All records of a batch bear its one timestamp.
    at = writeVarint(scratch, offsetDelta, at);
    at = writeField(scratch, record.key, at);
    at = writeField(scratch, record.value, at);
    at = writeHeaders(scratch, record.headers, at);
    const length = at - start - guess;
    const size = varintSize(length);
    if (size !== guess) scratch.copyWithin(start + size, start + guess, at);
    writeVarint(scratch, length, start);
    return start + size + length;
  }
}

/** Puts the producer and the checksum into a batch; again with other values where it must be sent under another producer id. */
export function sealBatch(batch: Buffer, producer: BatchProducer): void {
  const codec = batch.readInt16BE(attributesAt) & codecBits;
  batch.writeInt16BE(codec | (producer.transactional ? transactionalBit : 0), attributesAt);
  batch.writeBigInt64BE(producer.producerId, producerIdAt);
  batch.writeInt16BE(producer.producerEpoch, producerEpochAt);
  batch.writeInt32BE(producer.baseSequence, baseSequenceAt);
  batch.writeUInt32BE(crc32c(batch.subarray(attributesAt)), crcAt);
}

function writeHeader(batch: Buffer, count: number, timestampMs: number): void {
  batch.fill(0, 0, recordsAt);
  batch.writeInt32BE(batch.length - leaderEpochAt, lengthAt);
  batch.writeInt32BE(-1, leaderEpochAt);
  batch.writeInt8(2, magicAt);
  batch.writeInt32BE(count - 1, lastOffsetDeltaAt);
  batch.writeBigInt64BE(BigInt(timestampMs), baseTimestampAt);
  batch.writeBigInt64BE(BigInt(timestampMs), maxTimestampAt);
  batch.writeInt32BE(count, recordCountAt);
}

function sizeMax({ key, value, headers }: RecordToEncode): number {
  return recordOverheadMax + fieldSizeMax(key) + fieldSizeMax(value) + headersSizeMax(headers);
}

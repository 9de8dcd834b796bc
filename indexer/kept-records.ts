import { FetchedRecord } from "../runtime/kafka/fetched-record.ts";
import type { IncomingRecord } from "../runtime/kafka/types.ts";

/**
 * Copies of what records hold besides their values, for as long as their documents may still be refused. A record as it came would hold all that was
 * fetched with it.
 */
export class KeptRecords {
  readonly #room: Buffer;
  /** Where the copy of each ends. */
  readonly #ends: Uint32Array;
  readonly #offsets: Float64Array;
  readonly #timestampsMs: Float64Array;
  /** Those that are no views of fetched bytes. */
  readonly #others = new Map<number, IncomingRecord>();
  #count = 0;

  constructor(recordsMax: number, bytesMax: number) {
    this.#room = Buffer.allocUnsafeSlow(bytesMax);
    this.#ends = new Uint32Array(recordsMax);
    this.#offsets = new Float64Array(recordsMax);
    this.#timestampsMs = new Float64Array(recordsMax);
  }

  hasRoomFor(record: IncomingRecord): boolean {
    return this.#count < this.#ends.length && this.#end(this.#count) + keptBytes(record) <= this.#room.length;
  }

  /** There must be room for it. */
  add(record: IncomingRecord): void {
    const place = this.#count++;
    const start = this.#end(place);
    this.#offsets[place] = record.offset;
    this.#timestampsMs[place] = record.timestampMs;
    if (record instanceof FetchedRecord) this.#ends[place] = record.copyWithoutValue(this.#room, start);
    else {
      this.#ends[place] = start;
      this.#others.set(place, record);
    }
  }

  /** The record that was added there, from 0, with its value as it is given; good until `clear`. */
  at(place: number, value: Buffer): IncomingRecord {
    const [offset, timestampMs] = [this.#offsets[place] as number, this.#timestampsMs[place] as number];
    const kept =
      this.#others.get(place) ??
      new FetchedRecord(this.#room, this.#end(place), this.#end(place + 1), offset, timestampMs);
    return { offset, timestampMs, key: kept.key, headers: kept.headers, value };
  }

  clear(): void {
    this.#others.clear();
    this.#count = 0;
  }

  /** Where the first of so many end. */
  #end(count: number): number {
    return count === 0 ? 0 : (this.#ends[count - 1] as number);
  }
}

/** The room that is needed to keep a record. */
export function keptBytes(record: IncomingRecord): number {
  return record instanceof FetchedRecord ? record.bytesWithoutValue : 0;
}

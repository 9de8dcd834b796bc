import type { RecordBatchWriter } from "./record-batch-writer.ts";
import type { EncodedBatch, OutgoingRecord } from "./types.ts";

/** What waits to be sent to one partition, in order: records, which are encoded together as they go, and batches that are encoded already. */
export class LaneBacklog {
  #items: (OutgoingRecord[] | EncodedBatch)[] = [];
  /** Place in the first item, where that is of records. */
  #next = 0;

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  addRecords(records: readonly OutgoingRecord[]): void {
    if (records.length === 0) return;
    const last = this.#items.at(-1);
    if (!Array.isArray(last)) this.#items.push([...records]);
    else for (const record of records) last.push(record);
  }

  addBatch(batch: EncodedBatch): void {
    this.#items.push(batch);
  }

  /** The next batch, not sealed. Only where there is something. */
  take(writer: RecordBatchWriter, nowMs: number): { readonly bytes: Buffer; readonly count: number } {
    const first = this.#items[0] as OutgoingRecord[] | EncodedBatch;
    if (!Array.isArray(first)) {
      this.#items.shift();
      return first;
    }
    const { batch, count } = writer.write(first, this.#next, nowMs);
    this.#next += count;
    if (this.#next === first.length) {
      this.#items.shift();
      this.#next = 0;
    }
    return { bytes: batch, count };
  }

  clear(): void {
    this.#items = [];
    this.#next = 0;
  }
}

import { RecordBatchWriter } from "./record-batch-writer.ts";
import type { EncodedBatch, RecordToEncode } from "./types.ts";

interface OpenBatch {
  readonly topic: string;
  readonly partition: number;
  readonly writer: RecordBatchWriter;
}

/** Writers that no one uses: their room is kept, for making it costs more than filling it. */
const idleWriters: RecordBatchWriter[] = [];

/** Records encoded as they are added, so that nothing but their bytes is kept until they are sent. */
export class EncodedRecords {
  readonly #timestampMs: number;
  readonly #batches: EncodedBatch[] = [];
  /** By topic: those of a fold are all of one partition. */
  readonly #open = new Map<string, OpenBatch>();

  /** @param timestampMs Kafka's own timestamp of every record, milliseconds since the epoch */
  constructor(timestampMs: number) {
    this.#timestampMs = timestampMs;
  }

  add(topic: string, record: RecordToEncode): void {
    let open = this.#open.get(topic);
    if (open !== undefined && open.partition !== record.partition) {
      this.#close(open);
      open = undefined;
    }
    if (open === undefined) {
      open = { topic, partition: record.partition, writer: idleWriters.pop() ?? new RecordBatchWriter() };
      this.#open.set(topic, open);
    }
    if (open.writer.add(record)) return;
    this.#batches.push(this.#taken(open));
    open.writer.add(record);
  }

  /** All that was added, in order by topic and partition; nothing can be added any more. */
  finish(): readonly EncodedBatch[] {
    for (const open of this.#open.values()) this.#close(open);
    this.#open.clear();
    return this.#batches;
  }

  #close(open: OpenBatch): void {
    this.#batches.push(this.#taken(open));
    idleWriters.push(open.writer);
  }

  #taken({ topic, partition, writer }: OpenBatch): EncodedBatch {
    const { batch, count } = writer.take(this.#timestampMs);
    return { topic, partition, bytes: batch, count };
  }
}

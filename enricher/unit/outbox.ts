import { EncodedRecords } from "../../runtime/kafka/encoded-records.ts";
import type { EncodedBatch, RecordToEncode } from "../../runtime/kafka/types.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";

/** What a stretch of raw records gave: the records to send, encoded as they come, and what is counted once they are committed. */
export class Outbox {
  readonly counts = new Metrics();
  /** Microseconds since the epoch, decimal text: the `enriched-time` of every record in it. */
  readonly enrichedTime: string;
  readonly #records: EncodedRecords;
  /** How many records. */
  size = 0;
  /** Length of keys and values: about what is sent, headers aside. */
  bytes = 0;

  constructor(enrichedMicros: number) {
    this.enrichedTime = String(enrichedMicros);
    this.#records = new EncodedRecords(Math.floor(enrichedMicros / 1000));
  }

  add(topic: string, record: RecordToEncode): void {
    this.#records.add(topic, record);
    this.size++;
    this.bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0);
  }

  /** The records to send, by topic and partition in the order in which they were added; nothing can be added any more. */
  finish(): readonly EncodedBatch[] {
    return this.#records.finish();
  }
}

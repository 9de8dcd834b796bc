import type { OutgoingRecord } from "../../runtime/kafka/types.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";

/** What a stretch of raw records gave: the records to send by topic, in order, and what is counted once they are committed. */
export class Outbox {
  readonly records = new Map<string, OutgoingRecord[]>();
  readonly counts = new Metrics();
  /** Microseconds since the epoch, decimal text: the `enriched-time` of every record in it. */
  readonly enrichedTime: string;
  /** How many records. */
  size = 0;
  /** Length of keys and values: about what is sent, headers aside. */
  bytes = 0;

  constructor(enrichedTime: string) {
    this.enrichedTime = enrichedTime;
  }

  add(topic: string, record: OutgoingRecord): void {
    const records = this.records.get(topic);
    if (records === undefined) this.records.set(topic, [record]);
    else records.push(record);
    this.size++;
    this.bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0);
  }
}

import type { OutgoingRecord, RecordSender, TopicPosition } from "../../runtime/kafka/types.ts";

/** Keeps what is sent, by partition, in place of a broker. */
export class FakeSender implements RecordSender {
  readonly records: OutgoingRecord[] = [];
  /** Replaced by a test that lets sends wait or fail. */
  beforeSend: () => Promise<void> = async () => undefined;
  readonly #ends = new Map<number, number>();

  async send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly TopicPosition[]> {
    await this.beforeSend();
    const touched = new Set<number>();
    for (const record of records) {
      this.records.push(record);
      this.#ends.set(record.partition, (this.#ends.get(record.partition) ?? 0) + 1);
      touched.add(record.partition);
    }
    return [...touched].map((partition) => ({ topic, partition, offset: this.#ends.get(partition) ?? 0 }));
  }

  async close(): Promise<void> {}

  /** The values of one partition in order. */
  values(partition: number): string[] {
    return this.records.filter((record) => record.partition === partition).map((record) => String(record.value));
  }

  /** The values of all partitions whose type (`T`) is one of these, each control record of all partitions once. */
  valuesOf(...types: readonly string[]): Record<string, unknown>[] {
    return this.records
      .filter((record) => record.partition === 0 || record.key !== null)
      .map((record) => String(record.value))
      .filter((text) => types.some((type) => text.startsWith(`{"T":"${type}"`)))
      .map((text) => JSON.parse(text) as Record<string, unknown>);
  }
}

import type { Outbox } from "../../enricher/unit/outbox.ts";
import { readBatches } from "../../runtime/kafka/record-batch-reader.ts";
import type { OutgoingRecord } from "../../runtime/kafka/types.ts";

/** What an outbox holds, by topic, read back from its bytes; keys, values and headers as text. */
export function outboxRecords(outbox: Outbox): ReadonlyMap<string, readonly OutgoingRecord[]> {
  const byTopic = new Map<string, OutgoingRecord[]>();
  for (const { topic, partition, bytes } of outbox.finish()) {
    const records = byTopic.get(topic) ?? [];
    byTopic.set(topic, records);
    for (const { key, value, headers } of readBatches(bytes, 0, []).records) {
      const texts = Object.entries(headers).map(([name, header]) => [name, header.toString()]);
      const text = (field: Buffer | null) => (field === null ? null : field.toString());
      records.push({ partition, key: text(key), value: text(value), headers: Object.fromEntries(texts) });
    }
  }
  return byTopic;
}

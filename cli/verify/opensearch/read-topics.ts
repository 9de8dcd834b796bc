import type { KafkaAdmin } from "../../../runtime/kafka/admin-types.ts";
import type { Kafka } from "../../../runtime/kafka/types.ts";
import { offsetOf } from "../offset-of.ts";
import type { DocumentSpill } from "./document-spill.ts";
import type { Entry } from "./entry.ts";
import type { IndexedPartition } from "./indexed-range.ts";
import type { KeptRecords } from "./kept-records.ts";
import { type PublishedRules, publishedEntries } from "./published-entries.ts";
import type { Tally } from "./tally.ts";

export interface TopicReading {
  readonly kafka: Kafka;
  readonly admin: KafkaAdmin;
  readonly rules: PublishedRules;
  readonly spill: DocumentSpill;
  readonly kept: KeptRecords;
  readonly tally: Tally;
  /** Told the entries of each batch. */
  readonly onEntries: (entries: readonly Entry[]) => Promise<void>;
  readonly onRecords: (at: IndexedPartition, count: number) => void;
  readonly signal: AbortSignal;
}

/** Where reading has got to, by partition. */
export type ReadTo = ReadonlyMap<IndexedPartition, number>;

/** How many records the partitions hold now, markers and all. */
export async function recordsKept(admin: KafkaAdmin, partitions: readonly IndexedPartition[]): Promise<number> {
  let records = 0;
  for (const topic of new Set(partitions.map((each) => each.topic))) {
    const begins = await admin.beginOffsets(topic);
    const ends = await admin.endOffsets(topic, { readCommitted: true });
    for (const { partition, offset } of ends) records += offset - offsetOf(begins, partition);
  }
  return records;
}

/**
 * Reads the partitions from `readTo` on, or from the first offset that is kept, to their ends as they are now, and adds what they say.
 * @throws PipelineError `kafkaTopic` where records are deleted while they are read
 */
export async function readTopics(
  partitions: readonly IndexedPartition[],
  readTo: ReadTo | null,
  reading: TopicReading,
): Promise<ReadTo> {
  const { admin, kept } = reading;
  const reached = new Map<IndexedPartition, number>();
  for (const at of partitions) {
    const { topic, partition } = at;
    const end = offsetOf(await admin.endOffsets(topic, { readCommitted: true }), partition);
    let begin = readTo?.get(at);
    if (begin === undefined) {
      // What is kept is asked for anew for each partition: an audit can take longer than retention waits.
      begin = offsetOf(await admin.beginOffsets(topic), partition);
      kept.open(topic, partition, begin);
    }
    await readRange(at, begin, end, reading);
    reached.set(at, Math.max(begin, end));
  }
  return reached;
}

async function readRange(
  source: IndexedPartition,
  fromOffset: number,
  toOffset: number,
  { kafka, rules, spill, kept, tally, onEntries, onRecords, signal }: TopicReading,
): Promise<void> {
  const { topic, partition, committed } = source;
  for await (const { records } of kafka.readPartition({ topic, partition, fromOffset, toOffset, signal })) {
    const entries: Entry[] = [];
    for (const record of records) {
      const at = { topic, partition, isDue: record.offset < (committed ?? 0) };
      const published = publishedEntries(record, at, rules);
      if (published.document !== null) kept.note(topic, partition, published.document);
      if (published.isPastRetention) tally.notJudged.pastRetention++;
      entries.push(...published.entries);
    }
    await spill.add(entries);
    await onEntries(entries);
    onRecords(source, records.length);
  }
}

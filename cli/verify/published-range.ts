import type { TopicNames } from "../../domain/topics.ts";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import type { Kafka } from "../../runtime/kafka/types.ts";
import type { SourcePlace } from "./comparison.ts";
import { offsetOf } from "./offset-of.ts";
import { TopicReader } from "./published-reader.ts";

/** What one compared topic holds of a partition, and from which place on it holds all. */
export interface PublishedRange {
  readonly topic: string;
  readonly reader: TopicReader;
  /** Comparing begins there; null where nothing that was published before the audit is kept, so that it cannot be known. */
  readonly from: SourcePlace | null;
}

/**
 * Opens a compared topic's partition. Where it has lost records to retention, the outputs of the first record that is left may be half gone, so that
 * comparing begins after it, and never before `start`. The reader is the caller's to close.
 */
export async function publishedRange(
  { kafka, admin }: { readonly kafka: Kafka; readonly admin: KafkaAdmin },
  at: {
    readonly topics: TopicNames;
    readonly topic: string;
    readonly partition: number;
    readonly start: number;
    readonly signal: AbortSignal;
  },
): Promise<PublishedRange> {
  const { topics, topic, partition, start, signal } = at;
  const fromOffset = offsetOf(await admin.beginOffsets(topic), partition);
  const toOffset = offsetOf(await admin.endOffsets(topic, { readCommitted: true }), partition);
  const batches = kafka.readPartition({ topic, partition, fromOffset, toOffset, signal });
  const reader = new TopicReader(batches, { isShared: topic === topics.deadLetter });
  if (fromOffset === 0) return { topic, reader, from: { offset: start, index: 0 } };
  const first = await reader.peek();
  const from = first === null ? null : { offset: Math.max(start, first.offset + 1), index: 0 };
  return { topic, reader, from };
}

import type { TopicNames } from "../../domain/topics.ts";
import { pause } from "../../runtime/clock/pause.ts";
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

/** How long what has been written may stay undecided: longer than a transaction stays open whose holder is gone, by its default timeout. */
const decidedWithinMs = 120_000;
const lookAgainMs = 20;

/** What to compare of a topic's partition. */
export interface RangeRequest {
  readonly topics: TopicNames;
  readonly topic: string;
  readonly partition: number;
  /** The raw offset that comparing begins at. */
  readonly start: number;
  /** The offset to read to. */
  readonly end: number;
  readonly signal: AbortSignal;
}

/**
 * Opens a compared topic's partition. Where it has lost records to retention, the outputs of the first record that is left may be half gone, so that
 * comparing begins after it, and never before `start`. The reader is the caller's to close.
 */
export async function publishedRange(
  { kafka, admin }: { readonly kafka: Kafka; readonly admin: KafkaAdmin },
  { topics, topic, partition, start, end, signal }: RangeRequest,
): Promise<PublishedRange> {
  const fromOffset = offsetOf(await admin.beginOffsets(topic), partition);
  const batches = kafka.readPartition({ topic, partition, fromOffset, toOffset: end, signal });
  const reader = new TopicReader(batches, { isShared: topic === topics.deadLetter });
  if (fromOffset === 0) return { topic, reader, from: { offset: start, index: 0 } };
  const first = await reader.peek();
  const from = first === null ? null : { offset: Math.max(start, first.offset + 1), index: 0 };
  return { topic, reader, from };
}

/** The offset up to which a partition's transactions have ended. */
export interface DecidedEnd {
  readonly offset: number;
  /** False where one stayed open, so that something behind `offset` may have been committed before it was asked. */
  readonly isWhole: boolean;
}

/**
 * The end of what is written by now, once it is decided; where a transaction stays open for so long, the end before that. Of a transaction that has been
 * committed each partition is told by itself: in some its records may not be seen yet when its offsets are.
 */
export async function decidedEnd(
  admin: KafkaAdmin,
  { topic, partition, signal }: { readonly topic: string; readonly partition: number; readonly signal: AbortSignal },
  withinMs = decidedWithinMs,
): Promise<DecidedEnd> {
  const written = await endOf(admin, topic, partition, false);
  for (const lastMs = performance.now() + withinMs; ; await pause(lookAgainMs, signal)) {
    signal.throwIfAborted();
    const offset = await endOf(admin, topic, partition, true);
    if (offset >= written || performance.now() > lastMs) return { offset, isWhole: offset >= written };
  }
}

/** The last stable offset of a partition, or the end of all that is written. */
export async function endOf(
  admin: KafkaAdmin,
  topic: string,
  partition: number,
  readCommitted: boolean,
): Promise<number> {
  return offsetOf(await admin.endOffsets(topic, { readCommitted }), partition);
}

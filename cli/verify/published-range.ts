import { PipelineError } from "../../domain/errors.ts";
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

/** Longer than an enricher's transaction stays open: its coordinator ends it where nobody does. */
const decidedWithinMs = 120_000;
const lookAgainMs = 20;

/**
 * Opens a compared topic's partition, up to an end before which no transaction is open. Where it has lost records to retention, the outputs of the first record that is left may be half gone, so that
 * comparing begins after it, and never before `start`. The reader is the caller's to close.
 * @throws PipelineError `kafkaFailed` where a transaction stays open
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
  const toOffset = await decidedEnd(admin, at);
  const batches = kafka.readPartition({ topic, partition, fromOffset, toOffset, signal });
  const reader = new TopicReader(batches, { isShared: topic === topics.deadLetter });
  if (fromOffset === 0) return { topic, reader, from: { offset: start, index: 0 } };
  const first = await reader.peek();
  const from = first === null ? null : { offset: Math.max(start, first.offset + 1), index: 0 };
  return { topic, reader, from };
}

/**
 * The end of what is written by now, once it is decided. Of a transaction that has been committed each partition is told by itself: in some its records may
 * not be seen yet when its offsets are.
 */
async function decidedEnd(
  admin: KafkaAdmin,
  { topic, partition, signal }: { readonly topic: string; readonly partition: number; readonly signal: AbortSignal },
): Promise<number> {
  const endOf = async (readCommitted: boolean) => offsetOf(await admin.endOffsets(topic, { readCommitted }), partition);
  const written = await endOf(false);
  for (const lastMs = performance.now() + decidedWithinMs; ; await pause(lookAgainMs, signal)) {
    signal.throwIfAborted();
    const decided = await endOf(true);
    if (decided >= written) return decided;
    if (performance.now() > lastMs) throw undecided(topic, partition, decided);
  }
}

function undecided(topic: string, partition: number, offset: number): PipelineError {
  const message = `A transaction of partition ${partition} of ${topic} has been open since offset ${offset}: what comes after it cannot be read.`;
  const remedy = "See what holds it: kafka-transactions.sh find-hanging, and abort if its holder is gone.";
  return new PipelineError("kafkaFailed", message, { remedy });
}

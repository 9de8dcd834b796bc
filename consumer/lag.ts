import type { TopicPosition } from "../runtime/kafka/types.ts";

/** How far a reader is behind the end of what it reads. */
export interface FeedLag {
  /** Offsets between the reader and the end: records, and the few marks that transactions leave. */
  readonly records: number;
  /** How long ago the record now being read was published, milliseconds; 0 where nothing is left to read. Both clocks count. */
  readonly behindMs: number;
  /** Whether that is beyond the stream's `behindLimit`. */
  readonly isBehind: boolean;
  readonly partitions: readonly { readonly topic: string; readonly partition: number; readonly records: number }[];
}

export interface LagFacts {
  /** The next offset to read of each partition of this reader. */
  readonly positions: readonly TopicPosition[];
  readonly ends: readonly TopicPosition[];
  /** When the newest record handed over was published; null where there was none yet. */
  readonly publishedTimeMs: number | null;
  readonly nowMs: number;
  readonly limit: { readonly records?: number; readonly behindMs?: number };
}

const behindMsDefault = 10_000;

/** Counts how far behind a reader is. Partitions that have gone to other readers are theirs to count. */
export function lagOf({ positions, ends, publishedTimeMs, nowMs, limit }: LagFacts): FeedLag {
  const endOf = new Map(ends.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
  const partitions = positions.map(({ topic, partition, offset }) => ({
    topic,
    partition,
    records: Math.max(0, (endOf.get(`${topic}/${partition}`) ?? offset) - offset),
  }));
  const records = partitions.reduce((sum, partition) => sum + partition.records, 0);
  const behindMs = records === 0 || publishedTimeMs === null ? 0 : Math.max(0, nowMs - publishedTimeMs);
  const { records: recordsMax = Number.POSITIVE_INFINITY, behindMs: behindMsMax = behindMsDefault } = limit;
  return { records, behindMs, isBehind: records > recordsMax || behindMs > behindMsMax, partitions };
}

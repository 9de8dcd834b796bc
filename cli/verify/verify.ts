import { nyse } from "../../domain/calendar/nyse.ts";
import { PipelineError } from "../../domain/errors.ts";
import { topicNames } from "../../domain/topics.ts";
import { createTopology } from "../../enricher/topology.ts";
import type { Kafka, KafkaAdmin, TopicPosition } from "../../runtime/kafka/types.ts";
import type { Findings } from "./comparison.ts";
import { firstSourceOffset } from "./first-source-offset.ts";
import { verifyPartition } from "./verify-partition.ts";

/** What an audit found, by topic and in all. */
export interface VerifyReport {
  readonly rawRecords: number;
  readonly topics: Readonly<Record<string, Findings>>;
  readonly equal: number;
  readonly missing: number;
  readonly duplicated: number;
  readonly different: number;
}

export interface VerifyOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly signal: AbortSignal;
  /** Told how many raw records were folded so far. */
  readonly onProgress: (records: number) => void;
}

/**
 * Folds the raw log again, up to what the enricher's group had committed when it was asked, and compares with the published topics byte for byte. It only reads, and can run beside a live pipeline:
 * what is committed by then is published by then.
 * @throws PipelineError `kafkaTopic` where the log's beginning is no longer kept
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const { kafka, prefix } = options;
  const topics = topicNames(prefix);
  const compared = [topics.enriched, topics.candles, topics.alerts, topics.deadLetter];
  const admin = await kafka.admin();
  try {
    const committed = await admin.committedOffsets(`${prefix}enricher`, topics.raw, { requireStable: true });
    const begins = await admin.beginOffsets(topics.raw);
    const ranges = await Promise.all(compared.map(async (topic) => ({ topic, ...(await rangeOf(admin, topic)) })));
    const found = new Map<string, Findings>();
    let rawRecords = 0;
    for (const { partition, offset: to } of committed) {
      const foldFrom = offsetOf(begins, partition);
      if (foldFrom > 0) throw noBeginning(topics.raw, partition, foldFrom);
      const published = ranges.map(({ topic, from, to: end }) => ({
        topic,
        from: offsetOf(from, partition),
        to: offsetOf(end, partition),
      }));
      const compareFrom = await firstSourceOffset(kafka, partition, published, options.signal);
      const findings = await verifyPartition({
        kafka,
        topology: createTopology(nyse),
        topics,
        partition,
        foldFrom,
        compareFrom,
        to,
        published,
        signal: options.signal,
        onProgress: (records) => {
          rawRecords += records;
          options.onProgress(rawRecords);
        },
      });
      for (const [topic, finding] of findings) found.set(topic, sum(found.get(topic), finding));
    }
    const all = [...found.values()].reduce<Findings | undefined>(sum, undefined) ?? nothing;
    const { equal, missing, duplicated, different } = all;
    return { rawRecords, topics: Object.fromEntries(found), equal, missing, duplicated, different };
  } finally {
    await admin.close();
  }
}

const nothing: Findings = { equal: 0, missing: 0, duplicated: 0, different: 0, first: null };

async function rangeOf(admin: KafkaAdmin, topic: string) {
  const [from, to] = await Promise.all([admin.beginOffsets(topic), admin.endOffsets(topic, { readCommitted: true })]);
  return { from, to };
}

function sum(a: Findings | undefined, b: Findings): Findings {
  if (a === undefined) return b;
  return {
    equal: a.equal + b.equal,
    missing: a.missing + b.missing,
    duplicated: a.duplicated + b.duplicated,
    different: a.different + b.different,
    first: a.first ?? b.first,
  };
}

function offsetOf(positions: readonly TopicPosition[], partition: number): number {
  return positions.find((position) => position.partition === partition)?.offset ?? 0;
}

function noBeginning(topic: string, partition: number, from: number): PipelineError {
  return new PipelineError(
    "kafkaTopic",
    `${topic} partition ${partition} begins at ${from}: its first records are no longer kept.`,
    {
      remedy: "Verify within the raw topic's retention; a start from a session snapshot is not there yet.",
    },
  );
}

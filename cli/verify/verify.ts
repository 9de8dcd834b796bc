import { nyse } from "../../domain/calendar/nyse.ts";
import { PipelineError } from "../../domain/errors.ts";
import { publishedTopics, topicNames } from "../../domain/topics.ts";
import { createTopology } from "../../enricher/topology.ts";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import type { Kafka } from "../../runtime/kafka/types.ts";
import { type AuditStart, auditStart } from "./audit-start.ts";
import type { Findings } from "./comparison.ts";
import { type DecidedEnd, decidedEnd, endOf, type PublishedRange, publishedRange } from "./published-range.ts";
import { verifyPartition } from "./verify-partition.ts";

/** What an audit found, by topic and in all. */
export interface VerifyReport {
  readonly rawRecords: number;
  readonly topics: Readonly<Record<string, Findings>>;
  readonly equal: number;
  readonly missing: number;
  readonly duplicated: number;
  readonly different: number;
  /** What was audited: outputs of raw records before it were not compared. */
  readonly partitions: readonly AuditedPartition[];
}

/** The stretch of one partition that was audited. */
export interface AuditedPartition {
  readonly partition: number;
  readonly start: AuditStart;
  /** The raw offset after the last that was folded: what the enricher's group had committed. */
  readonly to: number;
  /** The topics that hold less than from `start` on: from which raw offset their records were compared, null where none are kept. */
  readonly comparedFrom: Readonly<Record<string, number | null>>;
}

export interface VerifyOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly signal: AbortSignal;
  /** Told how many raw records were folded so far. */
  readonly onProgress: (records: number) => void;
  /** Milliseconds that transactions are waited for which are open when it begins; two minutes. */
  readonly decidedWithinMs?: number;
}

/**
 * Folds the raw log again, up to what the enricher's group had committed when it was asked, and compares with the published topics byte for byte: values,
 * keys, and all headers but `enriched-time`. It only reads, and can run beside a live pipeline: what is committed by then has been written by then, and is
 * waited for until it shows. Where the log's beginning is no longer kept, it starts from a session snapshot (D2).
 * @throws PipelineError `kafkaTopic` where neither is there, `kafkaFailed` where the enricher has committed nothing, or a transaction that stays open hides
 * what may be missing
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const { kafka, prefix } = options;
  const topics = topicNames(prefix);
  const groupId = `${prefix}enricher`;
  const admin = await kafka.admin();
  try {
    const committed = await admin.committedOffsets(groupId, topics.raw, { requireStable: true });
    if (committed.length === 0) throw nothingCommitted(groupId, topics.raw);
    const logId = await admin.topicId(topics.raw);
    const found = new Map<string, Findings>();
    const partitions: AuditedPartition[] = [];
    for (const { partition, offset } of await admin.endOffsets(topics.raw, { readCommitted: true })) {
      if (offset === 0 || committed.some((at) => at.partition === partition)) continue;
      const isBegun = await hasOutputs(options, admin, partition);
      // A live enricher may have committed its first offset meanwhile, and its first outputs with it.
      const now = await admin.committedOffsets(groupId, topics.raw, { requireStable: true, partitions: [partition] });
      partitions.push(notCommitted(partition, isBegun && !now.some((at) => at.partition === partition)));
    }
    let rawRecords = 0;
    for (const { partition, offset: to } of committed) {
      const { audited, findings } = await auditPartition({ ...options, admin, logId, partition, to }, (records) => {
        rawRecords += records;
        options.onProgress(rawRecords);
      });
      partitions.push(audited);
      for (const [topic, finding] of findings) found.set(topic, sum(found.get(topic), finding));
    }
    const all = [...found.values()].reduce<Findings | undefined>(sum, undefined) ?? nothing;
    const { equal, missing, duplicated, different } = all;
    partitions.sort((a, b) => a.partition - b.partition);
    return { rawRecords, topics: Object.fromEntries(found), equal, missing, duplicated, different, partitions };
  } finally {
    await admin.close();
  }
}

interface PartitionOptions extends VerifyOptions {
  readonly admin: KafkaAdmin;
  readonly logId: string;
  readonly partition: number;
  readonly to: number;
}

/** What is kept is asked for anew for each partition: an audit can take longer than retention waits. */
async function auditPartition(
  options: PartitionOptions,
  onProgress: (records: number) => void,
): Promise<{ readonly audited: AuditedPartition; readonly findings: ReadonlyMap<string, Findings> }> {
  const { kafka, admin, logId, partition, to, signal } = options;
  const topics = topicNames(options.prefix);
  const topology = createTopology(nyse);
  const asked = { kafka, admin, topics, logId, partition, to, initial: () => topology.initial(), signal };
  const { start, state } = await auditStart(asked);
  const published: PublishedRange[] = [];
  const ends = new Map<string, DecidedEnd>();
  try {
    for (const topic of publishedTopics(topics)) {
      const end = await decidedEnd(admin, { topic, partition, signal }, options.decidedWithinMs);
      ends.set(topic, end);
      const range = { topics, topic, partition, start: start.offset, end: end.offset, signal };
      published.push(await publishedRange({ kafka, admin }, range));
    }
    const from = start.offset;
    const audit = { kafka, topology, topics, logId, partition, state, from, to, published, signal, onProgress };
    const findings = await verifyPartition(audit);
    for (const [topic, { offset, isWhole }] of ends) {
      if (!isWhole && (findings.get(topic)?.missing ?? 0) > 0) throw undecided(topic, partition, offset);
    }
    return { audited: { partition, start, to, comparedFrom: comparedFrom(published, from) }, findings };
  } finally {
    for (const { reader } of published) await reader.close();
  }
}

function comparedFrom(published: readonly PublishedRange[], start: number): Readonly<Record<string, number | null>> {
  const shorter = published.filter(({ from }) => from?.offset !== start);
  return Object.fromEntries(shorter.map(({ topic, from }) => [topic, from?.offset ?? null]));
}

/** Nothing says up to where its outputs have to be there. It may only be new; but outputs are committed together with the offset (D1). */
function notCommitted(partition: number, isBegun: boolean): AuditedPartition {
  const kind = isBegun ? "offsetLost" : "notCommitted";
  return { partition, start: { kind, offset: 0, sessionDate: null }, to: 0, comparedFrom: {} };
}

/** Whether the enricher has published anything of a partition that is still kept. */
async function hasOutputs({ kafka, prefix, signal }: VerifyOptions, admin: KafkaAdmin, partition: number) {
  const topics = topicNames(prefix);
  for (const topic of publishedTopics(topics)) {
    const end = await endOf(admin, topic, partition, true);
    const { reader } = await publishedRange({ kafka, admin }, { topics, topic, partition, start: 0, end, signal });
    try {
      if ((await reader.peek()) !== null) return true;
    } finally {
      await reader.close();
    }
  }
  return false;
}

const nothing: Findings = { equal: 0, missing: 0, duplicated: 0, different: 0, first: null };

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

/** What is missing may have been published: nobody can see it yet. */
function undecided(topic: string, partition: number, offset: number): PipelineError {
  const message = `A transaction on partition ${partition} of ${topic} has been open since offset ${offset}: what was published behind it cannot be seen.`;
  const remedy =
    "Verify again once it has ended, by its holder's TRANSACTION_TIMEOUT_MS; if it stays, kafka-transactions.sh find-hanging tells of it.";
  return new PipelineError("kafkaFailed", message, { remedy, retriable: true });
}

/** An audit that has looked at nothing must not pass for one that has found nothing. */
function nothingCommitted(groupId: string, topic: string): PipelineError {
  return new PipelineError(
    "kafkaFailed",
    `The group ${groupId} has committed no offset of ${topic}: there is nothing to verify.`,
    {
      remedy: "Run the enricher first, and check TOPIC_PREFIX.",
    },
  );
}

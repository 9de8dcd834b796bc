import { type TopicNames, topicNames } from "../../../domain/topics.ts";
import { createIndexOf } from "../../../indexer/index-names.ts";
import type { IsExpired } from "../../../indexer/setup/expired.ts";
import type { KafkaAdmin } from "../../../runtime/kafka/admin-types.ts";
import type { Kafka } from "../../../runtime/kafka/types.ts";
import type { OpenSearch } from "../../../runtime/opensearch/types.ts";
import { DocumentSpill } from "./document-spill.ts";
import type { Entry } from "./entry.ts";
import { findingOf } from "./findings.ts";
import { type IndexedPartition, indexedPartitions } from "./indexed-range.ts";
import { KeptRecords } from "./kept-records.ts";
import { patiently } from "./patiently.ts";
import { readIndex, readSample } from "./read-stored.ts";
import { readTopics, recordsKept } from "./read-topics.ts";
import type { Finding, FindingSort, OpenSearchReport } from "./report.ts";
import { comparedIds, countByNumbers } from "./sample.ts";
import { countStored } from "./stored-documents.ts";
import { type StoredIndex, storedIndex } from "./stored-index.ts";
import { Tally } from "./tally.ts";
import { countVerdicts } from "./verdicts.ts";

export interface VerifyOpenSearchOptions {
  readonly kafka: Kafka;
  readonly openSearch: OpenSearch;
  readonly prefix: string;
  readonly indexPrefix: string;
  /** About how many documents to compare one by one; null: all. */
  readonly sample: number | null;
  /** As the indexer was told. */
  readonly isExpired: IsExpired;
  /** How long searches may miss what is stored. */
  readonly refreshMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told how many records and documents were read so far. */
  readonly onProgress: (read: number) => void;
}

/**
 * Compares what the topics hold with what OpenSearch has: by the indexer's own rules (D4), up to the offsets that its group had committed when it was asked.
 * It only reads, and can run beside a live pipeline: topics are read to their ends once more after the last look at OpenSearch, so that whatever is stored is on
 * a topic by then. Memory is bounded; temporary disk grows with the documents.
 * @throws PipelineError `kafkaFailed` where the indexer has committed nothing, `openSearchUnreachable`, `openSearchRejected`
 */
export async function verifyOpenSearch(options: VerifyOpenSearchOptions): Promise<OpenSearchReport> {
  const admin = await options.kafka.admin();
  try {
    return await audit(options, admin);
  } finally {
    await admin.close();
  }
}

async function audit(options: VerifyOpenSearchOptions, admin: KafkaAdmin): Promise<OpenSearchReport> {
  const { kafka, openSearch, prefix, indexPrefix, sample, isExpired, signal } = options;
  const topics = topicNames(prefix);
  const partitions = await indexedPartitions(admin, topics, `${prefix}indexer`);
  const patience = { sleep: options.sleep, signal };
  // What was committed is stored, but searches find it a little later.
  await options.sleep(options.refreshMs + refreshLagMs, signal);
  signal.throwIfAborted();
  const records = await recordsKept(admin, partitions);
  const isCompared = comparedIds(sample, records);
  const topicOf = (index: StoredIndex) => topicOfKind(index, topics);
  const [tally, kept, onRead] = [new Tally(), new KeptRecords(), counting(options.onProgress)];
  const found = await patiently(() => countStored(openSearch, indexPrefix), patience);
  const spill = await DocumentSpill.open(2 * records);
  try {
    const shared = { openSearch, indexPrefix, spill, kept, tally, topicOf, patience };
    const stored = { ...shared, onDocuments: onRead };
    const held = new Set<string>();
    const withRecords = new Set<IndexedPartition>();
    const onRecords = (at: IndexedPartition, count: number) => {
      if (count > 0) withRecords.add(at);
      onRead(count);
    };
    const onEntries = async (entries: readonly Entry[]) => {
      for (const { index } of entries) held.add(index);
      if (sample !== null)
        await readSample(
          entries.filter(isDocument).filter(({ id }) => isCompared(id)),
          stored,
        );
    };
    const rules = { topics, indexOf: createIndexOf(indexPrefix), isExpired, isCompared };
    const reading = { kafka, admin, rules, spill, kept, tally, onEntries, onRecords, signal };
    const readTo = await readTopics(partitions, null, reading);
    const uncommitted = notCommitted(withRecords);
    const judged: StoredIndex[] = [];
    for (const { documents, ...index } of found.values()) {
      if (isExpired(index.name)) tally.notJudged.pastRetention += documents;
      // A day that the topics hold nothing of is older than what they keep, unless they keep everything.
      else if (!held.has(index.name) && !kept.isWhole(topicOf(index))) tally.notJudged.older += documents;
      else judged.push(index);
    }
    for (const { name } of judged) tally.of(name).stored = found.get(name)?.documents ?? 0;
    if (sample === null) for (const index of judged) await readIndex(index, stored);
    await readTopics(partitions, readTo, reading);
    await countVerdicts({ ...shared, isCompared });
    if (sample !== null) {
      const now = await patiently(() => countStored(openSearch, indexPrefix), patience);
      const isWhole = (name: string) => {
        const index = storedIndex(indexPrefix, name);
        return index !== null && kept.isWhole(topicOf(index));
      };
      countByNumbers(tally, (name) => now.get(name)?.documents ?? 0, isWhole);
    }
    return await reportOf(tally, uncommitted, options);
  } finally {
    await spill.close();
  }
}

/** How much longer than its interval a refresh may take. */
const refreshLagMs = 1000;

async function reportOf(
  tally: Tally,
  notCommitted: OpenSearchReport["notCommitted"],
  { kafka, openSearch, prefix, sample, signal }: VerifyOpenSearchOptions,
): Promise<OpenSearchReport> {
  const first: Partial<Record<FindingSort, Finding>> = {};
  for (const [sort, document] of tally.first) {
    first[sort] = await findingOf(document, { kafka, openSearch, topics: topicNames(prefix), signal });
  }
  const indices = tally.indices();
  const sum = (name: "onTopics" | "equal" | FindingSort) => indices.reduce((all, each) => all + each[name], 0);
  return {
    indices,
    onTopics: sum("onTopics"),
    equal: sum("equal"),
    missing: sum("missing"),
    unexpected: sum("unexpected"),
    different: sum("different"),
    notJudged: { ...tally.notJudged },
    first,
    sampled: sample === null ? null : tally.compared,
    notCommitted,
  };
}

/** Of partitions that hold nothing but the marks of transactions there is nothing to commit. */
function notCommitted(withRecords: ReadonlySet<IndexedPartition>): OpenSearchReport["notCommitted"] {
  return [...withRecords]
    .filter(({ committed }) => committed === null)
    .map(({ topic, partition }) => ({ topic, partition }));
}

function topicOfKind({ kind }: StoredIndex, topics: TopicNames): string {
  switch (kind) {
    case "candle":
      return topics.candles;
    case "alert":
      return topics.alerts;
    case "deadLetter":
      return topics.deadLetter;
    default:
      return topics.enriched;
  }
}

function isDocument({ index, state }: Entry): boolean {
  return index !== "" && state !== "rejected";
}

function counting(onProgress: (read: number) => void): (count: number) => void {
  let read = 0;
  return (count) => {
    read += count;
    onProgress(read);
  };
}

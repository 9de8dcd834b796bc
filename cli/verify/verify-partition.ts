import { decodeRaw } from "../../domain/messages/decode.ts";
import type { TopicNames } from "../../domain/topics.ts";
import { publication } from "../../enricher/publish.ts";
import type { Topology } from "../../enricher/topology.ts";
import type { Kafka } from "../../runtime/kafka/types.ts";
import { Comparison, type Findings } from "./comparison.ts";
import { TopicReader } from "./published-reader.ts";

export interface PartitionAudit {
  readonly kafka: Kafka;
  readonly topology: Topology;
  readonly topics: TopicNames;
  readonly partition: number;
  /** Raw offsets: fold from the first, compare from the second, to the third (exclusive). */
  readonly foldFrom: number;
  readonly compareFrom: number;
  readonly to: number;
  /** What each compared topic holds of the partition. */
  readonly published: readonly { readonly topic: string; readonly from: number; readonly to: number }[];
  readonly signal: AbortSignal;
  /** Told how many raw records were folded. */
  readonly onProgress: (records: number) => void;
}

/** Folds a partition of the raw log again, and compares what that gives with what was published, topic by topic. */
export async function verifyPartition(audit: PartitionAudit): Promise<ReadonlyMap<string, Findings>> {
  const { kafka, topology, topics, partition, signal } = audit;
  const comparisons = new Map(
    audit.published.map(({ topic, from, to }) => {
      const batches = kafka.readPartition({ topic, partition, fromOffset: from, toOffset: to, signal });
      return [topic, { comparison: new Comparison(), reader: new TopicReader(batches) }];
    }),
  );
  const source = { partition, topics, logId: "" };
  const raw = kafka.readPartition({
    topic: topics.raw,
    partition,
    fromOffset: audit.foldFrom,
    toOffset: audit.to,
    signal,
  });
  const state = topology.initial();
  try {
    for await (const batch of raw) {
      for (const record of batch.records) {
        const outputs = topology.fold(state, decodeRaw(record.value === null ? null : record.value.toString("utf8")));
        if (record.offset < audit.compareFrom) continue;
        for (const [index, output] of outputs.entries()) {
          const { topic, record: given } = publication(source, record, output, index, "");
          const value = typeof given.value === "string" ? Buffer.from(given.value) : (given.value ?? Buffer.alloc(0));
          const compared = comparisons.get(topic);
          await compared?.comparison.expect({ offset: record.offset, index, value }, compared.reader);
        }
      }
      audit.onProgress(batch.records.length);
    }
    const findings = new Map<string, Findings>();
    for (const [topic, { comparison, reader }] of comparisons) {
      findings.set(topic, await comparison.finish({ offset: audit.to, index: 0 }, reader));
    }
    return findings;
  } finally {
    for (const { reader } of comparisons.values()) await reader.close();
  }
}

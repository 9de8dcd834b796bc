import { decodeRaw } from "../../domain/messages/decode.ts";
import type { TopicNames } from "../../domain/topics.ts";
import type { PartitionState } from "../../enricher/operators/state.ts";
import { OutputHeaders } from "../../enricher/output-headers.ts";
import { publication } from "../../enricher/publish.ts";
import type { Topology } from "../../enricher/topology.ts";
import type { Kafka } from "../../runtime/kafka/types.ts";
import { Comparison, type Findings } from "./comparison.ts";
import type { PublishedRange } from "./published-range.ts";

export interface PartitionAudit {
  readonly kafka: Kafka;
  readonly topology: Topology;
  readonly topics: TopicNames;
  /** Kafka's topic id of the raw topic. */
  readonly logId: string;
  readonly partition: number;
  /** The state at `from`; it is folded on. */
  readonly state: PartitionState;
  /** The raw offsets to fold, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly published: readonly PublishedRange[];
  readonly signal: AbortSignal;
  /** Told how many raw records were folded. */
  readonly onProgress: (records: number) => void;
}

/** Folds a partition of the raw log again, and compares what that gives with what was published, topic by topic. */
export async function verifyPartition(audit: PartitionAudit): Promise<ReadonlyMap<string, Findings>> {
  const { kafka, topology, topics, logId, partition, state, from, to, signal } = audit;
  const end = { offset: to, index: 0 };
  const comparisons = new Map(
    audit.published.map((range) => [
      range.topic,
      { comparison: new Comparison(partition, range.from ?? end), reader: range.reader },
    ]),
  );
  const source = { partition, topics, headers: new OutputHeaders(partition, logId) };
  const raw = kafka.readPartition({ topic: topics.raw, partition, fromOffset: from, toOffset: to, signal });
  for await (const batch of raw) {
    for (const record of batch.records) {
      const outputs = topology.fold(state, decodeRaw(record.value));
      for (const [index, output] of outputs.entries()) {
        const { topic, record: given } = publication(source, record, output, index, ofItsRun);
        const { key, value } = given;
        // What the enricher has encoded is compared with what it is encoded from.
        const isEncoded = given.headers instanceof Uint8Array;
        const headers = isEncoded ? source.headers.named(record, index, ofItsRun) : given.headers;
        const compared = comparisons.get(topic);
        await compared?.comparison.expect({ offset: record.offset, index, key, value, headers }, compared.reader);
      }
    }
    audit.onProgress(batch.records.length);
  }
  const findings = new Map<string, Findings>();
  for (const [topic, { comparison, reader }] of comparisons) {
    findings.set(topic, await comparison.finish(end, reader));
  }
  return findings;
}

/** Shown for the `enriched-time` that a record lacks; which it is, is not compared. */
const ofItsRun = "the time of its run";

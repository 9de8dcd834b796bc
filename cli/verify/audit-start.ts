import { PipelineError } from "../../domain/errors.ts";
import type { TopicNames } from "../../domain/topics.ts";
import type { PartitionState } from "../../enricher/operators/state.ts";
import { marketCodec } from "../../enricher/snapshot/market-codec.ts";
import { SnapshotReader } from "../../enricher/snapshot/snapshot-reader.ts";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import type { Kafka } from "../../runtime/kafka/types.ts";
import { offsetOf } from "./offset-of.ts";

/**
 * Where the fold of a partition begins again: the log's beginning, a session snapshot (D2), or nowhere, as none of what was folded is kept, or the
 * enricher has committed nothing: it has not begun (`notCommitted`), or it has outputs, and its offset is lost (`offsetLost`).
 */
export interface AuditStart {
  readonly kind: "beginning" | "session" | "nothingKept" | "notCommitted" | "offsetLost";
  /** The first raw offset to fold. */
  readonly offset: number;
  /** The session of the snapshot; null where there is none. */
  readonly sessionDate: string | null;
}

export interface AuditStartOptions {
  readonly kafka: Kafka;
  readonly admin: KafkaAdmin;
  readonly topics: TopicNames;
  /** Kafka's topic id of the raw topic: snapshots of another log are of no use. */
  readonly logId: string;
  readonly partition: number;
  /** The raw offset at which the audit ends. */
  readonly to: number;
  /** The state before the first record of a log. */
  readonly initial: () => PartitionState;
  readonly signal: AbortSignal;
}

/**
 * The earliest start that the raw log still allows, and the state there. A session snapshot is checked as recovery checks the latest one: if it is not
 * whole, the next one is taken.
 * @throws PipelineError `kafkaTopic` where the log's beginning is no longer kept and no session snapshot stands in what is
 */
export async function auditStart(
  options: AuditStartOptions,
): Promise<{ readonly start: AuditStart; readonly state: PartitionState }> {
  const { admin, topics, partition, to, initial } = options;
  const begin = offsetOf(await admin.beginOffsets(topics.raw), partition);
  if (begin === 0) return { start: { kind: "beginning", offset: 0, sessionDate: null }, state: initial() };
  if (begin >= to) return { start: { kind: "nothingKept", offset: to, sessionDate: null }, state: initial() };
  const session = (await readSnapshots(options)).restoreSession("earliest", begin, to);
  if (session === null) throw noStart(topics, partition, begin, to);
  const { offset, date, state } = session;
  return { start: { kind: "session", offset, sessionDate: date }, state };
}

async function readSnapshots(options: AuditStartOptions): Promise<SnapshotReader<PartitionState>> {
  const { kafka, admin, topics, logId, partition, signal } = options;
  const topic = topics.state;
  const fromOffset = offsetOf(await admin.beginOffsets(topic), partition);
  const toOffset = offsetOf(await admin.endOffsets(topic, { readCommitted: true }), partition);
  const reader = new SnapshotReader(marketCodec, logId);
  for await (const { records } of kafka.readPartition({ topic, partition, fromOffset, toOffset, signal })) {
    reader.take(records);
  }
  return reader;
}

function noStart(topics: TopicNames, partition: number, begin: number, to: number): PipelineError {
  return new PipelineError(
    "kafkaTopic",
    `${topics.raw} partition ${partition} is kept from offset ${begin} on, and ${topics.state} has no whole session snapshot between there and ${to}, where the enricher stands.`,
    {
      remedy:
        "Let the enricher run into the next session: it writes a snapshot at the start of each, and verify begins there.",
    },
  );
}

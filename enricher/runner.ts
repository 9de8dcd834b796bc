import { decodeRaw } from "../domain/messages/decode.ts";
import type { TopicNames } from "../domain/topics.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import type {
  AssignedPartition,
  GroupReader,
  IncomingBatch,
  Kafka,
  OutgoingRecord,
  RecordSender,
  TopicPosition,
} from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import type { Metrics } from "../runtime/metrics/metrics.ts";
import { countOutput } from "./counts.ts";
import type { PartitionState } from "./operators/state.ts";
import { publication, type Source } from "./publish.ts";
import type { Topology } from "./topology.ts";

export interface RunnerOptions {
  readonly kafka: Kafka;
  readonly topology: Topology;
  readonly topics: TopicNames;
  readonly groupId: string;
  /** Kafka's topic id of the raw topic (D4). */
  readonly logId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly onFailed: (error: Error) => void;
}

/** A partition that this instance folds. */
interface OwnedPartition {
  readonly source: Source;
  readonly state: PartitionState;
  /** Records before this offset were published by an earlier owner: they rebuild the state, and their outputs are dropped (D2). */
  readonly publishFrom: number;
}

/** The enricher at work. */
export interface Runner {
  /** The next offset to fold by partition; all before it is published. */
  positions(): readonly TopicPosition[];
  /** Finishes the batch under way, commits, and leaves the group. */
  close(): Promise<void>;
}

const commitEveryMs = 250;

/**
 * Folds the raw log at least once, in order by partition: state is rebuilt by folding the log from its beginning to the committed offset with outputs dropped, outputs are acknowledged before
 * their offset is committed, and a crash in between publishes some outputs again, with the same bytes and the same source headers. It knows nothing of the rules: the topology does.
 */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const owned = new Map<number, OwnedPartition>();
  const sender = await options.kafka.sender();
  const reader = await options.kafka.reader({
    groupId: options.groupId,
    topics: [options.topics.raw],
    startAt: "beginning",
    onAssigned: async (assigned) => takeOver(options, owned, assigned),
    onBatch: async (batch) => {
      const partition = owned.get(batch.partition);
      if (partition === undefined) return;
      await foldBatch(options, sender, partition, batch);
      committer.note({ topic: batch.topic, partition: batch.partition, offset: endOf(batch) });
    },
    onFailed: options.onFailed,
  });
  const committer = commitRegularly(reader, options);
  return {
    positions: () => reader.positions(),
    async close() {
      await committer.close();
      await reader.close();
      await sender.close();
    },
  };
}

function takeOver(
  options: RunnerOptions,
  owned: Map<number, OwnedPartition>,
  assigned: readonly AssignedPartition[],
): readonly TopicPosition[] {
  owned.clear();
  for (const { partition, committedOffset, beginOffset } of assigned) {
    owned.set(partition, {
      source: { partition, logId: options.logId, topics: options.topics },
      state: options.topology.initial(),
      publishFrom: committedOffset ?? beginOffset,
    });
  }
  options.log.info("assigned", { partitions: assigned.map(({ partition }) => partition).join(",") });
  return assigned.map(({ topic, partition, beginOffset }) => ({ topic, partition, offset: beginOffset }));
}

async function foldBatch(
  options: RunnerOptions,
  sender: RecordSender,
  owned: OwnedPartition,
  batch: IncomingBatch,
): Promise<void> {
  const { topology, metrics } = options;
  const enrichedTime = String(options.clock.nowMicros());
  const byTopic = new Map<string, OutgoingRecord[]>();
  for (const raw of batch.records) {
    const record = decodeRaw(raw.value === null ? null : raw.value.toString("utf8"));
    const outputs = topology.fold(owned.state, record);
    if (raw.offset < owned.publishFrom) continue;
    metrics.add("records");
    for (let index = 0; index < outputs.length; index++) {
      const output = outputs[index];
      if (output === undefined) continue;
      const { topic, record: outgoing } = publication(owned.source, raw, output, index, enrichedTime);
      const records = byTopic.get(topic);
      if (records === undefined) byTopic.set(topic, [outgoing]);
      else records.push(outgoing);
      countOutput(metrics, output);
    }
  }
  await Promise.all([...byTopic].map(([topic, records]) => sender.send(topic, records)));
  metrics.set("publishedMicros", options.clock.nowMicros());
  metrics.set("watermarkMicros", Math.max(metrics.get("watermarkMicros"), owned.state.clock.watermarkMicros));
  metrics.set(`lag.${batch.partition}`, Math.max(0, batch.endOffset - endOf(batch)));
}

function endOf(batch: IncomingBatch): number {
  const last = batch.records.at(-1);
  return last === undefined ? batch.endOffset : last.offset + 1;
}

/** Commits what is published a few times a second, not at every batch: a commit is a round trip. */
function commitRegularly(reader: GroupReader, { log }: RunnerOptions) {
  const pending = new Map<number, TopicPosition>();
  let busy: Promise<void> = Promise.resolve();
  const flush = () => {
    if (pending.size === 0) return busy;
    const positions = [...pending.values()];
    pending.clear();
    busy = busy
      .then(() => reader.commit(positions))
      .catch((error: unknown) =>
        log.warn("offsets were not committed; the next commit covers them", { error: String(error) }),
      );
    return busy;
  };
  const timer = setInterval(flush, commitEveryMs);
  return {
    note: (position: TopicPosition) => void pending.set(position.partition, position),
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

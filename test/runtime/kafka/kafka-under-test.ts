import type { KafkaUser } from "../../../local/kafka/credentials.ts";
import type { RunningKafka } from "../../../local/kafka/start-kafka.ts";
import { createKafka } from "../../../runtime/kafka/kafka.ts";
import type {
  GroupReader,
  GroupReaderOptions,
  IncomingRecord,
  Kafka,
  OutgoingRecord,
} from "../../../runtime/kafka/types.ts";
import type { Log } from "../../../runtime/log/log.ts";

/** A log that remembers its warnings. */
export function rememberingLog(): Log & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return { warnings, debug() {}, info() {}, warn: (message) => void warnings.push(message), error() {} };
}

export function kafkaAs(server: RunningKafka, user: KafkaUser, log: Log = rememberingLog()): Kafka {
  return createKafka({ brokers: server.brokers, clientId: "test", tls: { ca: server.ca }, sasl: user }, log);
}

/** A topic of its own for a test. */
export async function makeTopic(kafka: Kafka, partitions = 3): Promise<string> {
  const topic = `topic-${crypto.randomUUID()}`;
  const admin = await kafka.admin();
  await admin.ensureTopics([{ topic, partitions, configs: {} }]);
  await admin.close();
  return topic;
}

export function recordOf(value: string, partition = 0, fields: Partial<OutgoingRecord> = {}): OutgoingRecord {
  return { partition, key: "XXX", value, headers: {}, ...fields };
}

/** Everything that a reader was handed, in order, by partition. */
export interface Collected {
  readonly reader: GroupReader;
  readonly byPartition: Map<number, IncomingRecord[]>;
  readonly failed: Promise<Error>;
  /** Resolves once so many records have come. */
  count(records: number): Promise<void>;
  values(partition: number): string[];
}

export async function collect(
  kafka: Kafka,
  topic: string,
  options: Partial<GroupReaderOptions> = {},
): Promise<Collected> {
  const byPartition = new Map<number, IncomingRecord[]>();
  const failed = Promise.withResolvers<Error>();
  const total = () => [...byPartition.values()].reduce((sum, records) => sum + records.length, 0);
  const reader = await kafka.reader({
    groupId: `group-${crypto.randomUUID()}`,
    topics: [topic],
    startAt: "beginning",
    onFailed: failed.resolve,
    ...options,
    onBatch: async (batch) => {
      await options.onBatch?.(batch);
      byPartition.set(batch.partition, [...(byPartition.get(batch.partition) ?? []), ...batch.records]);
    },
  });
  return {
    reader,
    byPartition,
    failed: failed.promise,
    count: (records) => until(() => total() >= records, `${records} records`),
    values: (partition) => (byPartition.get(partition) ?? []).map(({ value }) => value?.toString() ?? "null"),
  };
}

/** All that a reader of committed records may see of a topic now, partition by partition. */
export async function readAll(kafka: Kafka, topic: string): Promise<readonly IncomingRecord[]> {
  const admin = await kafka.admin();
  const ends = await admin.endOffsets(topic, { readCommitted: true });
  await admin.close();
  const records: IncomingRecord[] = [];
  for (const { partition, offset } of ends) {
    for await (const batch of kafka.readPartition({ topic, partition, fromOffset: 0, toOffset: offset })) {
      records.push(...batch.records);
    }
  }
  return records;
}

const patienceMs = 40_000;

/** Waits for a condition, and fails with its name where it does not come. */
export async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const lastMs = performance.now() + patienceMs;
  while (!(await isTrue())) {
    if (performance.now() > lastMs) throw new Error(`Waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

import { ProductRunner } from "../../distributor/product-runner.ts";
import type { Product } from "../../domain/entitlements/entitlements.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import type {
  AssignedPartition,
  GroupReaderOptions,
  Kafka,
  OutgoingRecord,
  TopicPosition,
} from "../../runtime/kafka/types.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";
import { quietLog, topics } from "../support/broker.ts";

/** One transaction as Kafka has it. */
export interface Committed {
  readonly records: readonly OutgoingRecord[];
  readonly positions: readonly TopicPosition[];
}

/** Offsets as a cluster would tell them: by topic, then by partition. */
export interface FakeOffsets {
  readonly begins?: Readonly<Record<string, readonly number[]>>;
  readonly ends?: Readonly<Record<string, readonly number[]>>;
  readonly committed?: Readonly<Record<string, Readonly<Record<number, number>>>>;
}

function fakeAdmin({ begins = {}, ends = {}, committed = {} }: FakeOffsets) {
  const listed = (topic: string, offsets: readonly number[] = []) =>
    offsets.map((offset, partition) => ({ topic, partition, offset }));
  const admin: Pick<KafkaAdmin, "beginOffsets" | "endOffsets" | "committedOffsets"> = {
    beginOffsets: async (topic) => listed(topic, begins[topic]),
    endOffsets: async (topic) => listed(topic, ends[topic]),
    committedOffsets: async (_group, topic, options) =>
      Object.entries(committed[topic] ?? {})
        .map(([partition, offset]) => ({ topic, partition: Number(partition), offset }))
        .filter(({ partition }) => options?.partitions?.includes(partition) ?? true),
  };
  return admin;
}

/** A product's runner whose group is played by the test: it hands over what the group would. */
export async function startRunner(product: Product, offsets: FakeOffsets) {
  const transactions: Committed[] = [];
  const failures: Error[] = [];
  const ending = new AbortController();
  let group: GroupReaderOptions | null = null;
  const kafka = {
    async reader(options: GroupReaderOptions) {
      group = options;
      return { positions: () => [], rejoin() {}, async close() {} };
    },
    async transactionalSender() {
      let records: OutgoingRecord[] = [];
      return {
        async send(_topic: string, sent: readonly OutgoingRecord[]) {
          records.push(...sent);
        },
        async commit(_group: unknown, positions: readonly TopicPosition[]) {
          transactions.push({ records, positions });
          records = [];
        },
        async abort() {},
        async close() {},
      };
    },
  } as unknown as Kafka;
  const metrics = new Metrics();
  await ProductRunner.start({
    product,
    kafka,
    admin: fakeAdmin(offsets) as KafkaAdmin,
    prefix: "market.",
    topics,
    partitions: 12,
    thresholdOf: () => 50_000,
    settings: { unitPartitions: 12, transactionTimeoutMs: 5000, sessionTimeoutMs: 1000 },
    clock: systemClock,
    log: quietLog,
    metrics,
    onFailed: (error) => {
      failures.push(error);
      // As the process does: it closes, which ends the generation.
      ending.abort();
    },
  });
  if (group === null) throw new Error("the runner has not joined");
  const joined: GroupReaderOptions = group;
  const assign = (assigned: readonly AssignedPartition[]) =>
    joined.onAssigned?.(assigned, { groupId: "g", memberId: "m", generationId: 1 }, ending.signal);
  return { group: joined, assign, transactions, failures, metrics };
}

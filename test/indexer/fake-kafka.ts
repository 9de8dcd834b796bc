import type {
  GroupReaderOptions,
  IncomingBatch,
  IncomingRecord,
  Kafka,
  OutgoingRecord,
  TopicPosition,
} from "../../runtime/kafka/types.ts";

/** A log in memory behind the Kafka port: one member, batches of a partition one after another, partitions side by side. */
export interface FakeKafka extends Kafka {
  append(topic: string, partition: number, records: readonly Omit<IncomingRecord, "offset">[]): void;
  readonly sent: { readonly topic: string; readonly record: OutgoingRecord }[];
  readonly committed: ReadonlyMap<string, number>;
  /** Gives the partitions to the member anew, as a rebalance does: it goes on where it had read to, unless it says otherwise. */
  reassign(): Promise<void>;
  /** Offsets of each partition to which all was handed over, as `topic/partition`. */
  ends(): ReadonlyMap<string, number>;
}

export function createFakeKafka(options: {
  readonly batchSize: () => number;
  readonly onCommit?: (positions: readonly TopicPosition[]) => void;
}): FakeKafka {
  const logs = new Map<string, IncomingRecord[]>();
  const committed = new Map<string, number>();
  const sent: { topic: string; record: OutgoingRecord }[] = [];
  const read = new Map<string, number>();
  let member: GroupReaderOptions | null = null;
  let generation = 0;

  const partitions = () => [...logs.keys()].map(split);

  async function assign(): Promise<void> {
    const mine = ++generation;
    const reader = member;
    if (reader === null) return;
    const assigned = partitions().filter(({ topic }) => reader.topics.includes(topic));
    const starts = await reader.onAssigned?.(
      assigned.map(({ topic, partition }) => ({
        topic,
        partition,
        committedOffset: committed.get(`${topic}/${partition}`) ?? null,
        beginOffset: 0,
      })),
      { groupId: reader.groupId, memberId: "only", generationId: mine },
      new AbortController().signal,
    );
    for (const { topic, partition } of assigned) {
      const key = `${topic}/${partition}`;
      const start = starts?.find((position) => position.topic === topic && position.partition === partition);
      read.set(key, start?.offset ?? read.get(key) ?? committed.get(key) ?? 0);
      void deliver(reader, topic, partition, mine);
    }
  }

  async function deliver(reader: GroupReaderOptions, topic: string, partition: number, mine: number): Promise<void> {
    const key = `${topic}/${partition}`;
    while (mine === generation) {
      const log = logs.get(key) ?? [];
      const from = read.get(key) ?? 0;
      const records = log.slice(from, from + options.batchSize());
      if (records.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        continue;
      }
      const batch: IncomingBatch = { topic, partition, records, beginOffset: 0, endOffset: log.length };
      try {
        await reader.onBatch(batch);
      } catch (error) {
        if (mine === generation) reader.onFailed(error as Error);
        return;
      }
      if (mine === generation) read.set(key, from + records.length);
    }
  }

  return {
    sent,
    committed,
    append(topic, partition, records) {
      const key = `${topic}/${partition}`;
      const log = logs.get(key) ?? [];
      logs.set(key, log);
      for (const record of records) log.push({ ...record, offset: log.length });
    },
    ends: () => new Map([...logs].map(([key, log]) => [key, log.length])),
    reassign: assign,
    async sender() {
      return {
        async send(topic, records) {
          for (const record of records) sent.push({ topic, record });
          return [];
        },
        async close() {},
      };
    },
    async reader(readerOptions) {
      member = readerOptions;
      await assign();
      return {
        async commit(positions) {
          options.onCommit?.(positions);
          for (const { topic, partition, offset } of positions) committed.set(`${topic}/${partition}`, offset);
          return positions;
        },
        membership: () => ({ groupId: readerOptions.groupId, memberId: "only", generationId: generation }),
        rejoin() {
          throw new Error("not played");
        },
        positions: () => [...read].map(([key, offset]) => ({ ...split(key), offset })),
        async close() {
          generation += 1;
          member = null;
        },
      };
    },
    transactionalSender() {
      throw new Error("not played");
    },
    readPartition() {
      throw new Error("not played");
    },
    admin() {
      throw new Error("not played");
    },
  };
}

function split(key: string): { topic: string; partition: number } {
  const at = key.lastIndexOf("/");
  return { topic: key.slice(0, at), partition: Number(key.slice(at + 1)) };
}

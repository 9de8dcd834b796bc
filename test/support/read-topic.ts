import { randomUUID } from "node:crypto";
import type { IncomingRecord, Kafka } from "../../runtime/kafka/types.ts";

/** Reads all committed records of a topic, partition by partition in log order, from the beginning to the end as it is now. */
export async function readToEnd(kafka: Kafka, topic: string): Promise<readonly IncomingRecord[]> {
  const admin = await kafka.admin();
  const ends = await admin.endOffsets(topic, { readCommitted: true });
  await admin.close();
  const records = new Map<number, IncomingRecord[]>();
  const failed = Promise.withResolvers<never>();
  const reader = await kafka.reader({
    groupId: `read-${randomUUID()}`,
    topics: [topic],
    startAt: "beginning",
    onBatch: async (batch) => {
      records.set(batch.partition, [...(records.get(batch.partition) ?? []), ...batch.records]);
    },
    onFailed: failed.reject,
  });
  try {
    await Promise.race([failed.promise, untilReached(() => reader.positions(), ends)]);
  } finally {
    await reader.close();
  }
  return [...records].sort(([a], [b]) => a - b).flatMap(([, list]) => list);
}

type Place = { readonly partition: number; readonly offset: number };

async function untilReached(positions: () => readonly Place[], ends: readonly Place[]): Promise<void> {
  const isThere = () => {
    const at = new Map(positions().map(({ partition, offset }) => [partition, offset]));
    return ends.every(({ partition, offset }) => offset === 0 || (at.get(partition) ?? 0) >= offset);
  };
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
}

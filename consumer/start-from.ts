import type { AssignedPartition, Kafka, TopicPosition } from "../runtime/kafka/types.ts";
import type { StartFrom } from "./stream-options.ts";

/**
 * Where partitions start that nobody has left off: from a time, or from stored positions. What the group has committed, or this reader itself
 * has reached, goes before both.
 */
export async function startPositionsFor(
  kafka: Kafka,
  from: StartFrom,
  assigned: readonly AssignedPartition[],
): Promise<readonly TopicPosition[]> {
  if (typeof from === "string") return [];
  const fresh = assigned.filter((item) => item.committedOffset === null && item.heldPosition === undefined);
  if (fresh.length === 0) return [];
  const positions = from instanceof Date ? await positionsAt(kafka, from, fresh) : from;
  const isFresh = new Set(fresh.map(({ topic, partition }) => `${topic}/${partition}`));
  return positions.filter(({ topic, partition }) => isFresh.has(`${topic}/${partition}`));
}

async function positionsAt(kafka: Kafka, time: Date, fresh: readonly AssignedPartition[]) {
  const admin = await kafka.admin();
  try {
    const positions: TopicPosition[] = [];
    for (const topic of new Set(fresh.map((item) => item.topic))) {
      positions.push(...(await admin.offsetsAt(topic, time.getTime())));
    }
    return positions;
  } finally {
    await admin.close();
  }
}

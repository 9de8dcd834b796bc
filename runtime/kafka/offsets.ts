import type Cluster from "kafkajs/src/cluster/index.js";
import { knowLeaders } from "./know-leaders.ts";
import { fetchMetadata } from "./topic-metadata.ts";
import type { TopicPosition } from "./types.ts";

/** ListOffsets' special times. */
export const beginning = -2;
export const end = -1;

/** Kafka's isolation levels: whether open transactions count. */
export const readUncommitted = 0;
export const readCommitted = 1;

/** A topic's partition numbers, ascending. @throws Kafka's error where the topic does not exist or may not be seen */
export async function partitionsOf(cluster: Cluster, topic: string): Promise<readonly number[]> {
  const found = (await fetchMetadata(cluster, [topic])).topics[0];
  if (found === undefined) throw new RangeError(`No answer about the topic ${topic}`);
  if (found.error !== null) throw found.error;
  return found.partitions;
}

/** The offsets at a time (or `beginning`, `end`) of some partitions; -1 where no record is as late. */
export async function listOffsets(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  timeMs: number,
  isolationLevel: number,
): Promise<readonly TopicPosition[]> {
  if (partitions.length === 0) return [];
  await knowLeaders(cluster, [topic]);
  const leaders = new Map(cluster.findTopicPartitionMetadata(topic).map((known) => [known.partitionId, known.leader]));
  const byLeader = Map.groupBy(partitions, (partition) => leaders.get(partition) ?? -1);
  const answers = await Promise.all(
    [...byLeader].map(async ([nodeId, ofLeader]) => {
      const broker = await cluster.findBroker({ nodeId });
      const asked = ofLeader.map((partition) => ({ partition, timestamp: timeMs }));
      return broker.listOffsets({ replicaId: -1, isolationLevel, topics: [{ topic, partitions: asked }] });
    }),
  );
  return answers
    .flatMap(({ responses }) => responses.flatMap((response) => response.partitions))
    .map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) }))
    .sort((a, b) => a.partition - b.partition);
}

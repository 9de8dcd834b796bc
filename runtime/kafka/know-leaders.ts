import type Cluster from "kafkajs/src/cluster/index.js";
import { faultKind } from "./errors.ts";
import { fetchMetadata } from "./topic-metadata.ts";
import { kafkaFault } from "./transaction-faults.ts";

const leaderNotAvailable = 5;

/**
 * Makes the brokers that lead these topics known. kafkajs asks for every topic that a connection ever had to do with, and where one of them is gone
 * it refuses them all: what is gone is forgotten, so that only those hear of it who want that topic.
 * @param isStale what is known is asked for anew
 * @throws Kafka's error where one of these topics cannot be had
 */
export async function knowLeaders(cluster: Cluster, topics: readonly string[], isStale = false): Promise<void> {
  try {
    await know(cluster, topics, isStale);
  } catch (error) {
    if (faultKind(error) === "connection") throw error;
    const others = [...cluster.targetTopics].filter((topic) => !topics.includes(topic));
    const gone =
      others.length === 0 ? [] : (await fetchMetadata(cluster, others)).topics.filter((at) => at.error !== null);
    for (const { topic } of gone) cluster.targetTopics.delete(topic);
    if (gone.length === 0) throw error;
    await know(cluster, topics, isStale);
  }
}

/** The broker that leads a partition, as by `knowLeaders`. @throws Kafka's error where none is known to */
export function leaderOf(cluster: Cluster, topic: string, partition: number): number {
  const known = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
  if (known === undefined || known.leader < 0) throw kafkaFault(leaderNotAvailable, topic);
  return known.leader;
}

async function know(cluster: Cluster, topics: readonly string[], isStale: boolean): Promise<void> {
  if (topics.length > 0) await cluster.addMultipleTargetTopics([...topics]);
  await (isStale ? cluster.refreshMetadata() : cluster.refreshMetadataIfNecessary());
}

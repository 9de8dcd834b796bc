import { PipelineError } from "../../../domain/errors.ts";
import { publishedTopics, type TopicNames } from "../../../domain/topics.ts";
import type { KafkaAdmin } from "../../../runtime/kafka/admin-types.ts";

/** A partition that the indexer reads. */
export interface IndexedPartition {
  readonly topic: string;
  readonly partition: number;
  /** The group's committed offset: what is below it must be stored. Null where there is none. */
  readonly committed: number | null;
}

/**
 * How far the indexer has come in each partition. It is asked before anything else: what is stored later than that, and what is published later, is then told
 * from what is missing.
 * @throws PipelineError `kafkaFailed` where the group has committed nothing at all
 */
export async function indexedPartitions(
  admin: KafkaAdmin,
  topics: TopicNames,
  groupId: string,
): Promise<readonly IndexedPartition[]> {
  const partitions: IndexedPartition[] = [];
  for (const topic of publishedTopics(topics)) {
    const committed = await admin.committedOffsets(groupId, topic);
    const offsets = new Map(committed.map(({ partition, offset }) => [partition, offset]));
    for (const { partition } of await admin.endOffsets(topic, { readCommitted: true })) {
      partitions.push({ topic, partition, committed: offsets.get(partition) ?? null });
    }
  }
  if (partitions.some(({ committed }) => committed !== null)) return partitions;
  throw new PipelineError("kafkaFailed", `The group ${groupId} has committed no offset: there is nothing to verify.`, {
    remedy: "Run the indexer first, and check TOPIC_PREFIX.",
  });
}

import { defaultPartitions, topicConfigs, topicNames } from "../../domain/topics.ts";
import { customerRights, stageRights } from "../../runtime/kafka/stage-rights.ts";
import type { KafkaAdmin } from "../../runtime/kafka/types.ts";

/** Makes the topics that are missing; on a broker of our own also the rights of the stages and of the customer `demo`. */
export async function provision(admin: KafkaAdmin, prefix: string, ownsKafka: boolean): Promise<readonly string[]> {
  const topics = topicNames(prefix);
  const made = await admin.ensureTopics(
    topicConfigs(topics).map(({ topic, configs }) => ({ topic, configs, partitions: defaultPartitions })),
  );
  if (ownsKafka) await admin.ensureAcls([...stageRights(topics, prefix), ...customerRights("demo", topics)]);
  return made;
}

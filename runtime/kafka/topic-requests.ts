import type Cluster from "kafkajs/src/cluster/index.js";
import { fetchMetadata } from "./topic-metadata.ts";

/** Kafka's number of a topic as a thing that has settings. */
const topicResource = 2;
/** Where a setting comes from: the topic itself, and not the broker's default. */
const ofTheTopic = 1;
const timeoutMs = 15_000;

/** A topic as it is. */
export interface TopicInForce {
  readonly partitions: number;
  /** Only those that were set for this topic. */
  readonly configs: Readonly<Record<string, string>>;
}

/** Every topic that is not Kafka's own. */
export async function listTopics(cluster: Cluster): Promise<ReadonlyMap<string, TopicInForce>> {
  const broker = await cluster.brokerPool.findConnectedBroker();
  const listed = (await broker.metadata([])).topicMetadata.map(({ topic }) => topic);
  const names = listed.filter((topic) => !topic.startsWith("__"));
  if (names.length === 0) return new Map();
  const { topics } = await fetchMetadata(cluster, names);
  const configs = await topicConfigs(broker, names);
  return new Map(
    topics.map(({ topic, partitions }) => [
      topic,
      { partitions: partitions.length, configs: Object.fromEntries(configs.get(topic) ?? []) },
    ]),
  );
}

async function topicConfigs(broker: Cluster.Broker, names: readonly string[]) {
  const resources = names.map((name) => ({ type: topicResource, name }));
  const answer = await broker.describeConfigs({ resources });
  return new Map(
    answer.resources.map(({ resourceName, configEntries }) => [
      resourceName,
      configEntries
        .filter(({ configSource }) => configSource === ofTheTopic)
        .map(({ configName, configValue }) => [configName, configValue ?? ""] as const),
    ]),
  );
}

/** Sets a topic's own settings: these, and no others. */
export async function setTopicConfigs(
  broker: Cluster.Broker,
  topic: string,
  configs: Readonly<Record<string, string>>,
): Promise<void> {
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  await broker.alterConfigs({ resources: [{ type: topicResource, name: topic, configEntries }] });
}

/** Deletes a topic; one that is gone already is none the less deleted. */
export async function deleteTopic(broker: Cluster.Broker, topic: string): Promise<void> {
  try {
    await broker.deleteTopics({ topics: [topic], timeout: timeoutMs });
  } catch (error) {
    if ((error as { type?: string }).type !== "UNKNOWN_TOPIC_OR_PARTITION") throw error;
  }
}

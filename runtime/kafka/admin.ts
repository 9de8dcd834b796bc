import type Cluster from "kafkajs/src/cluster/index.js";
import { aclKey } from "../../domain/entitlements/acl-binding.ts";
import { PipelineError } from "../../domain/errors.ts";
import { pause } from "../clock/pause.ts";
import { tooLate, within } from "../clock/within.ts";
import { aclBinding, aclEntry, aclKeysByBroker } from "./acl.ts";
import type { AclSpec, KafkaAdmin, TopicSpec } from "./admin-types.ts";
import type { ClusterLink } from "./cluster-link.ts";
import { findCoordinator } from "./coordinator-link.ts";
import { rootOf } from "./errors.ts";
import { fetchCommitted } from "./offset-fetch-request.ts";
import { beginning, end, listOffsets, partitionsOf, readCommitted, readUncommitted } from "./offsets.ts";
import { withCluster } from "./retry.ts";
import { fetchMetadata, type TopicMetadata } from "./topic-metadata.ts";
import type { TopicPosition } from "./types.ts";

/** Long enough for a cluster that is just starting, short enough for a person who waits. */
const patienceMs = 5000;
/** A transaction that is just being ended takes milliseconds; one that was left takes its timeout, which is not waited for. */
const stablePatienceMs = 10_000;
const createTimeoutMs = 15_000;
const replicasMax = 3;

export class Admin implements KafkaAdmin {
  readonly #link: ClusterLink;
  readonly #closing = new AbortController();

  constructor(link: ClusterLink) {
    this.#link = link;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<readonly string[]> {
    const names = specs.map(({ topic }) => topic);
    const made = await this.#on(`the topics ${names.join(", ")}`, async (cluster) => {
      const { topics, brokerCount } = await fetchMetadata(cluster, names);
      const missing = specs.filter((spec) => isMissing(topics, spec));
      for (const spec of missing) await createTopic(cluster, spec, Math.min(replicasMax, brokerCount));
      return missing.map(({ topic }) => topic);
    });
    // The controller has them; each broker learns of them in its own time.
    const resource = `the topics ${names.join(", ")}`;
    const patience = { patienceMs: createTimeoutMs, signal: this.#closing.signal, resource, topicsExist: true };
    await withCluster(this.#link, patience, async (cluster) => {
      for (const { topic, error } of (await withinBound(fetchMetadata(cluster, names))).topics) {
        if (error !== null) throw Object.assign(error, { topic });
      }
    });
    return made;
  }

  async ensureAcls(specs: readonly AclSpec[]): Promise<void> {
    if (specs.length === 0) return;
    await this.#on("the cluster", async (cluster) => {
      await cluster.refreshMetadataIfNecessary();
      await (await cluster.findControllerBroker()).createAcls({ acl: specs.map(aclEntry) });
    });
    // The controller has them; until each broker has them too, whoever comes at once would be refused.
    const lastMs = performance.now() + patienceMs;
    while (!(await this.#areInForce(specs)) && performance.now() < lastMs) await pause(20, this.#closing.signal);
  }

  async #areInForce(specs: readonly AclSpec[]): Promise<boolean> {
    const wanted = specs.map((spec) => aclKey(aclBinding(aclEntry(spec))));
    const brokers = await this.#on("the cluster", aclKeysByBroker);
    return brokers.every((known) => wanted.every((key) => known.has(key)));
  }

  async partitionCount(topic: string): Promise<number> {
    return this.#on(`the topic ${topic}`, async (cluster) => (await partitionsOf(cluster, topic)).length);
  }

  async topicId(topic: string): Promise<string> {
    return this.#on(`the topic ${topic}`, async (cluster) => {
      const found = (await fetchMetadata(cluster, [topic])).topics[0];
      if (found === undefined) throw new RangeError(`No answer about the topic ${topic}`);
      if (found.error !== null) throw found.error;
      return found.topicId;
    });
  }

  async beginOffsets(topic: string): Promise<readonly TopicPosition[]> {
    return this.#offsets(topic, beginning, readCommitted);
  }

  async endOffsets(topic: string, options: { readonly readCommitted: boolean }): Promise<readonly TopicPosition[]> {
    return this.#offsets(topic, end, options.readCommitted ? readCommitted : readUncommitted);
  }

  async offsetsAt(topic: string, timeMs: number): Promise<readonly TopicPosition[]> {
    const found = await this.#offsets(topic, timeMs, readCommitted);
    if (found.every(({ offset }) => offset >= 0)) return found;
    const ends = new Map((await this.#offsets(topic, end, readCommitted)).map((at) => [at.partition, at]));
    return found.map((at) => (at.offset >= 0 ? at : (ends.get(at.partition) ?? at)));
  }

  async committedOffsets(
    groupId: string,
    topic: string,
    options: { readonly requireStable: boolean; readonly partitions?: readonly number[] } = { requireStable: false },
  ): Promise<readonly TopicPosition[]> {
    const { requireStable } = options;
    const waitMs = requireStable ? stablePatienceMs : patienceMs;
    return this.#on(
      `the group ${groupId}`,
      async (cluster) => {
        const partitions = options.partitions ?? (await partitionsOf(cluster, topic));
        const coordinator = await findCoordinator(cluster, { kind: "group", name: groupId });
        return fetchCommitted(coordinator, { groupId, topic, partitions, requireStable });
      },
      waitMs,
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#link.close();
  }

  async #offsets(topic: string, timeMs: number, isolation: number): Promise<readonly TopicPosition[]> {
    return this.#on(`the topic ${topic}`, async (cluster) =>
      listOffsets(cluster, topic, await partitionsOf(cluster, topic), timeMs, isolation),
    );
  }

  async #on<T>(resource: string, work: (cluster: Cluster) => Promise<T>, waitMs = patienceMs): Promise<T> {
    const patience = { patienceMs: waitMs, signal: this.#closing.signal, resource };
    return withCluster(this.#link, patience, (cluster) => withinBound(work(cluster)));
  }
}

/** Longer than any answer takes. */
const answerWithinMs = 20_000;

/** A connection that has outlived its broker can leave a request without an answer for ever: then it is given up as broken. */
async function withinBound<T>(answer: Promise<T>): Promise<T> {
  const result = await within(answer, answerWithinMs);
  if (result !== tooLate) return result;
  throw Object.assign(new Error("No answer came"), { name: "KafkaJSConnectionError" });
}

/** @throws PipelineError `kafkaTopic` where the topic exists with another partition count; Kafka's own error where it may not be seen */
function isMissing(topics: readonly TopicMetadata[], spec: TopicSpec): boolean {
  const found = topics.find(({ topic }) => topic === spec.topic);
  if (found === undefined || found.error?.type === "UNKNOWN_TOPIC_OR_PARTITION") return true;
  if (found.error !== null) throw found.error;
  if (found.partitions.length === spec.partitions) return false;
  throw new PipelineError(
    "kafkaTopic",
    `The topic ${spec.topic} has ${found.partitions.length} partitions where ${spec.partitions} are needed.`,
    { remedy: "All topics share one partition count: use another TOPIC_PREFIX, or make the topic anew." },
  );
}

async function createTopic(cluster: Cluster, spec: TopicSpec, replicas: number): Promise<void> {
  await cluster.refreshMetadataIfNecessary();
  const broker = await cluster.findControllerBroker();
  const configEntries = Object.entries(spec.configs).map(([name, value]) => ({ name, value }));
  const topic = { topic: spec.topic, numPartitions: spec.partitions, replicationFactor: replicas, configEntries };
  try {
    await broker.createTopics({ topics: [topic], timeout: createTimeoutMs });
  } catch (error) {
    // Several faults come as one; each request here makes one topic.
    const fault = (error as AggregateError).errors?.[0] ?? error;
    if (rootOf(fault).name !== "PipelineError" && (fault as { type?: string }).type === "TOPIC_ALREADY_EXISTS") return;
    throw fault;
  }
}

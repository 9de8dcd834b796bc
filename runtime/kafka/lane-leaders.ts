import type Cluster from "kafkajs/src/cluster/index.js";
import protocolErrors from "kafkajs/src/protocol/error.js";
import { faultKind } from "./errors.ts";
import { knowLeaders } from "./know-leaders.ts";
import type { SendLane } from "./send-lane.ts";
import { fetchMetadata } from "./topic-metadata.ts";

const unknownTopicPatienceMs = 5000;
const unknownPartition = 3;
const leaderNotAvailable = 5;

export interface LanesByLeader {
  readonly byLeader: ReadonlyMap<number, readonly SendLane[]>;
  /** Topics that cannot be had, with Kafka's error. */
  readonly missing: ReadonlyMap<string, unknown>;
  /** Why some lanes were left for later; null where none was. */
  readonly trouble: unknown;
}

/** Finds which broker leads each lane's partition. A new topic takes a moment to show: it is given up after five seconds only. */
export class LaneLeaders {
  readonly #troubleSinceMs = new Map<string, number>();
  readonly #doubted = new Set<string>();

  /** A broker does not lead the topic, or does not have it: what is known of it is asked for anew. */
  doubt(topic: string): void {
    this.#doubted.add(topic);
  }

  /** @throws the library's error where the cluster cannot be reached */
  async find(cluster: Cluster, lanes: readonly SendLane[]): Promise<LanesByLeader> {
    const byLeader = new Map<number, SendLane[]>();
    const missing = new Map<string, unknown>();
    let trouble: unknown = null;
    for (const [topic, ofTopic] of Map.groupBy(lanes, (lane) => lane.topic)) {
      try {
        const leaderless = this.#doubted.has(topic) ? await faultOf(cluster, topic) : null;
        // What is known serves the other partitions: the client library would learn nothing where one has no leader.
        const isStale = this.#doubted.has(topic) && leaderless === null;
        trouble = leaderless ?? trouble;
        for (const [leader, led] of await leadersOf(cluster, topic, ofTopic, isStale)) {
          byLeader.set(leader, [...(byLeader.get(leader) ?? []), ...led]);
        }
        if (leaderless === null) this.#doubted.delete(topic);
        this.#troubleSinceMs.delete(topic);
      } catch (error) {
        if (faultKind(error) === "connection") throw error;
        if (this.#isHopeless(topic, error)) missing.set(topic, error);
        else trouble = error;
      }
    }
    return { byLeader, missing, trouble };
  }

  #isHopeless(topic: string, error: unknown): boolean {
    const sinceMs = this.#troubleSinceMs.get(topic) ?? performance.now();
    this.#troubleSinceMs.set(topic, sinceMs);
    const isUnknown = (error as { type?: string }).type === "UNKNOWN_TOPIC_OR_PARTITION";
    return faultKind(error) === "fatal" || (isUnknown && performance.now() - sinceMs >= unknownTopicPatienceMs);
  }
}

/** Why some partition of the topic has no leader; null where all have. @throws Kafka's error where the topic is gone */
async function faultOf(cluster: Cluster, topic: string): Promise<unknown> {
  const { topics } = await fetchMetadata(cluster, [topic]);
  const error = topics[0]?.error ?? null;
  if (error !== null && error.type !== "LEADER_NOT_AVAILABLE") throw error;
  return error;
}

async function leadersOf(cluster: Cluster, topic: string, lanes: readonly SendLane[], isStale: boolean) {
  await knowLeaders(cluster, [topic], isStale);
  const leaders = new Map(cluster.findTopicPartitionMetadata(topic).map((known) => [known.partitionId, known.leader]));
  return Map.groupBy(lanes, ({ partition }) => {
    const leader = leaders.get(partition);
    if (leader === undefined) throw protocolErrors.createErrorFromCode(unknownPartition);
    if (leader < 0) throw protocolErrors.createErrorFromCode(leaderNotAvailable);
    return leader;
  });
}

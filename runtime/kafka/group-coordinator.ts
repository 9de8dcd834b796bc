import type Cluster from "kafkajs/src/cluster/index.js";
import type { ClusterLink } from "./cluster-link.ts";
import { deal, decodeAssignment, decodeSubscription, encodeAssignment, type TopicPartition } from "./group-protocol.ts";
import { type JoinAnswer, joinGroup } from "./join-request.ts";
import { fetchCommitted, findCoordinator, partitionsOf } from "./offsets.ts";
import { withCluster } from "./retry.ts";
import type { TopicPosition } from "./types.ts";

/** A member's place in one generation of its group. */
export interface Membership {
  readonly memberId: string;
  readonly generationId: number;
  readonly assigned: readonly TopicPartition[];
}

export interface GroupSettings {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/**
 * The group's side of the protocol: joining, heartbeats, commits. Faults of the network and a coordinator that has moved are
 * retried; "the group is rebalancing" and its kin reach the caller as the library's errors (`faultKind`: rejoin).
 */
export class GroupCoordinator {
  readonly #link: ClusterLink;
  readonly #settings: GroupSettings;
  readonly #signal: AbortSignal;
  #memberId = "";
  #known: { readonly cluster: Cluster; readonly broker: Cluster.Broker } | null = null;

  constructor(link: ClusterLink, settings: GroupSettings, signal: AbortSignal) {
    this.#link = link;
    this.#settings = settings;
    this.#signal = signal;
  }

  /** The id that the group knows this member by; empty where it has none, or has forgotten it. */
  get memberId(): string {
    return this.#memberId;
  }

  forgetMember(): void {
    this.#memberId = "";
  }

  /** Joins, or joins again; resolves with what was assigned once all members have joined. */
  async join(): Promise<Membership> {
    return this.on(Number.POSITIVE_INFINITY, async (broker, cluster) => {
      const { groupId, topics } = this.#settings;
      const options = { ...this.#settings, memberId: this.#memberId };
      const { memberId, leaderId, generationId, members } = await joinGroup(broker, options, (id) => {
        this.#memberId = id;
      });
      const groupAssignment = leaderId === memberId ? await assignAll(cluster, members) : [];
      const { memberAssignment } = await broker.syncGroup({ groupId, generationId, memberId, groupAssignment });
      const assigned = decodeAssignment(memberAssignment).filter(({ topic }) => topics.includes(topic));
      return { memberId, generationId, assigned };
    });
  }

  async heartbeat(membership: Membership): Promise<void> {
    const { groupId, sessionTimeoutMs } = this.#settings;
    const { memberId, generationId } = membership;
    await this.on(sessionTimeoutMs, (broker) =>
      broker.heartbeat({ groupId, memberId, groupGenerationId: generationId }),
    );
  }

  async commit(membership: Membership, positions: readonly TopicPosition[], patienceMs: number): Promise<void> {
    const { groupId } = this.#settings;
    const { memberId, generationId } = membership;
    const topics = [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    }));
    await this.on(patienceMs, (broker) =>
      broker.offsetCommit({ groupId, memberId, groupGenerationId: generationId, topics }),
    );
  }

  async committed(topic: string, partitions: readonly number[]): Promise<readonly TopicPosition[]> {
    return this.on(Number.POSITIVE_INFINITY, (broker) =>
      fetchCommitted(broker, this.#settings.groupId, topic, partitions),
    );
  }

  async leave(patienceMs: number): Promise<void> {
    if (this.#memberId === "") return;
    const { groupId } = this.#settings;
    await this.on(patienceMs, (broker) => broker.leaveGroup({ groupId, memberId: this.#memberId }));
  }

  /** Work on the coordinator, which is searched anew after any fault. */
  async on<T>(patienceMs: number, work: (broker: Cluster.Broker, cluster: Cluster) => Promise<T>): Promise<T> {
    const { groupId } = this.#settings;
    const patience = { patienceMs, signal: this.#signal, resource: `the group ${groupId}` };
    return withCluster(this.#link, patience, async (cluster) => {
      try {
        if (this.#known?.cluster !== cluster)
          this.#known = { cluster, broker: await findCoordinator(cluster, groupId) };
        return await work(this.#known.broker, cluster);
      } catch (error) {
        this.#known = null;
        throw error;
      }
    });
  }
}

/** The leader's work: every member's share. */
async function assignAll(cluster: Cluster, members: JoinAnswer["members"]) {
  const wishes = new Map(members.map((member) => [member.memberId, decodeSubscription(member.metadata)]));
  const partitions = new Map<string, readonly number[]>();
  for (const topic of new Set([...wishes.values()].flat())) partitions.set(topic, await partitionsOf(cluster, topic));
  return [...deal(wishes, partitions)].map(([memberId, assigned]) => ({
    memberId,
    memberAssignment: encodeAssignment(assigned),
  }));
}

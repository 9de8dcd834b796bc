import type { ClusterLink } from "./cluster-link.ts";
import { CoordinatorLink } from "./coordinator-link.ts";
import { type GroupDealer, partitionDealer, unitDealer } from "./group-dealer.ts";
import { decodeAssignment } from "./group-protocol.ts";
import { joinGroup } from "./join-request.ts";
import { fetchCommitted } from "./offset-fetch-request.ts";
import type { TopicPartition, TopicPosition } from "./types.ts";

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
  /** Partitions are dealt by unit where it is given. */
  readonly unitOf: ((partition: number) => number) | undefined;
}

/**
 * The group's side of the protocol: joining, heartbeats, commits. Faults of the network and a coordinator that has moved are
 * retried; "the group is rebalancing" and its kin reach the caller as the library's errors (`faultKind`: rejoin).
 */
export class GroupCoordinator {
  readonly #settings: GroupSettings;
  readonly #coordinator: CoordinatorLink;
  readonly #dealer: GroupDealer;
  #memberId = "";
  #last: Membership | null = null;

  constructor(link: ClusterLink, settings: GroupSettings, signal: AbortSignal) {
    const { groupId, topics, unitOf } = settings;
    this.#settings = settings;
    this.#coordinator = new CoordinatorLink(link, { kind: "group", name: groupId }, signal);
    this.#dealer = unitOf === undefined ? partitionDealer(topics) : unitDealer(topics, unitOf);
  }

  /** Sees that the group can be had. */
  async open(patienceMs: number): Promise<void> {
    await this.#coordinator.on(patienceMs, async () => undefined);
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
    return this.#coordinator.on(Number.POSITIVE_INFINITY, async (broker, cluster) => {
      const { groupId, topics } = this.#settings;
      const { protocolName } = this.#dealer;
      const subscription = this.#dealer.subscription(this.#last?.assigned ?? [], this.#last?.generationId ?? -1);
      const options = { ...this.#settings, memberId: this.#memberId, protocolName, subscription };
      const { memberId, leaderId, generationId, members } = await joinGroup(broker, options, (id) => {
        this.#memberId = id;
      });
      const groupAssignment = leaderId === memberId ? await this.#dealer.assign(cluster, members) : [];
      const { memberAssignment } = await broker.syncGroup({ groupId, generationId, memberId, groupAssignment });
      const assigned = decodeAssignment(memberAssignment).filter(({ topic }) => topics.includes(topic));
      this.#last = { memberId, generationId, assigned };
      return this.#last;
    });
  }

  async heartbeat(membership: Membership): Promise<void> {
    const { groupId, sessionTimeoutMs } = this.#settings;
    const { memberId, generationId } = membership;
    await this.#coordinator.on(sessionTimeoutMs, (broker) =>
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
    await this.#coordinator.on(patienceMs, (broker) =>
      broker.offsetCommit({ groupId, memberId, groupGenerationId: generationId, topics }),
    );
  }

  async committed(
    topic: string,
    partitions: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly TopicPosition[]> {
    const { groupId } = this.#settings;
    const options = { groupId, topic, partitions, requireStable: false };
    return this.#coordinator.on(Number.POSITIVE_INFINITY, (broker) => fetchCommitted(broker, options), signal);
  }

  async leave(patienceMs: number): Promise<void> {
    if (this.#memberId === "") return;
    const { groupId } = this.#settings;
    await this.#coordinator.on(patienceMs, (broker) => broker.leaveGroup({ groupId, memberId: this.#memberId }));
  }
}

import { PipelineError } from "../../domain/errors.ts";
import type { Log } from "../log/log.ts";
import type { ClusterLink } from "./cluster-link.ts";
import { faultKind, rootOf } from "./errors.ts";
import { GroupCoordinator, type Membership } from "./group-coordinator.ts";
import { GroupGeneration, type HeldPosition } from "./group-generation.ts";
import { partitionsOf, readCommitted, readUncommitted } from "./offsets.ts";
import { partitionName } from "./partition-name.ts";
import { withCluster } from "./retry.ts";
import type { GroupMembership, GroupReader, GroupReaderOptions, TopicPosition } from "./types.ts";

const sessionTimeoutMsDefault = 10_000;
/** So long at most goes on as it was, after another member has come or gone: a small request a second is cheap. */
const heartbeatMsMax = 1000;
const rebalanceTimeoutMs = 60_000;
const openPatienceMs = 5000;
const commitPatienceMs = 20_000;
const leavePatienceMs = 2000;

/**
 * A member of a consumer group: joins, lives through its generations, and joins again. The group protocol is spoken here and not
 * by kafkajs's consumer, which fetches before it is told where to start, goes on handing over batches while it joins again
 * (kafkajs #558), and shows no position past a transaction marker.
 */
export class GroupMember implements GroupReader {
  readonly #link: ClusterLink;
  readonly #options: GroupReaderOptions;
  readonly #log: Log;
  readonly #closing = new AbortController();
  readonly #disconnecting = new AbortController();
  readonly #coordinator: GroupCoordinator;
  readonly #sessionTimeoutMs: number;
  #membership: Membership | null = null;
  #generation: GroupGeneration | null = null;
  #isJoining = false;
  readonly #held = new Map<string, HeldPosition>();
  #running: Promise<void> = Promise.resolve();

  constructor(link: ClusterLink, options: GroupReaderOptions, log: Log) {
    this.#link = link;
    this.#options = options;
    this.#log = log;
    this.#sessionTimeoutMs = options.sessionTimeoutMs ?? sessionTimeoutMsDefault;
    const { groupId, topics } = options;
    const settings = {
      groupId,
      topics,
      sessionTimeoutMs: this.#sessionTimeoutMs,
      rebalanceTimeoutMs,
      unitOf: options.unitOf,
    };
    this.#coordinator = new GroupCoordinator(link, settings, this.#disconnecting.signal);
  }

  /** Connects and sees that the topics and the group may be had, then joins in the background. */
  async open(): Promise<void> {
    for (const topic of this.#options.topics) {
      const patience = { patienceMs: openPatienceMs, signal: this.#closing.signal, resource: `the topic ${topic}` };
      await withCluster(this.#link, patience, (cluster) => partitionsOf(cluster, topic));
    }
    await this.#coordinator.open(openPatienceMs);
    this.#running = this.#run();
  }

  async commit(positions: readonly TopicPosition[]): Promise<readonly TopicPosition[]> {
    const membership = this.#membership;
    if (membership === null) return [];
    const mine = positions.filter(({ topic, partition }) =>
      membership.assigned.some((assigned) => assigned.topic === topic && assigned.partition === partition),
    );
    if (mine.length === 0) return [];
    try {
      await this.#coordinator.commit(membership, mine, commitPatienceMs);
      return mine;
    } catch (error) {
      const isLost = faultKind(error) === "rejoin" || (error instanceof PipelineError && error.retriable);
      if (!isLost) throw error;
      this.#log.warn("Offsets were not committed: unless they are later, their records are read again", {
        reason: rootOf(error).message,
      });
      return [];
    }
  }

  positions(): readonly TopicPosition[] {
    return this.#generation?.positions() ?? [];
  }

  membership(): GroupMembership | null {
    if (this.#membership === null || this.#isJoining) return null;
    const { memberId, generationId } = this.#membership;
    return { groupId: this.#options.groupId, memberId, generationId };
  }

  rejoin(): void {
    this.#generation?.leave();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    // A join can take as long as the slowest member: it is cut off, not waited for.
    if (this.#isJoining) this.#disconnect();
    await this.#running;
    this.#membership = null;
    if (!this.#disconnecting.signal.aborted) await this.#coordinator.leave(leavePatienceMs).catch(() => undefined);
    this.#disconnect();
  }

  #disconnect(): void {
    this.#disconnecting.abort();
    this.#link.close();
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        this.#isJoining = true;
        this.#membership = await this.#coordinator.join();
        this.#isJoining = false;
        this.#generation = this.#newGeneration(this.#membership);
        await this.#generation.run().finally(() => this.#keepPositions());
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        if (faultKind(error) !== "rejoin") return this.#fail(error);
        if (rootOf(error).type === "UNKNOWN_MEMBER_ID") this.#coordinator.forgetMember();
      }
    }
  }

  /** Partitions that went to others for a while are remembered too: where nothing is committed, nothing better is known. */
  #keepPositions(): void {
    const generationId = this.#membership?.generationId ?? -1;
    for (const at of this.positions()) this.#held.set(partitionName(at), { ...at, generationId });
  }

  #newGeneration(membership: Membership): GroupGeneration {
    const {
      readCommitted: committedOnly = true,
      maxWaitMs = 50,
      maxBytesPerPartition = 4 * 1024 * 1024,
    } = this.#options;
    return new GroupGeneration({
      link: this.#link,
      coordinator: this.#coordinator,
      membership,
      held: [...this.#held.values()],
      options: this.#options,
      fetch: { maxWaitMs, maxBytesPerPartition, isolationLevel: committedOnly ? readCommitted : readUncommitted },
      heartbeatMs: Math.min(heartbeatMsMax, Math.ceil(this.#sessionTimeoutMs / 3)),
      signal: this.#closing.signal,
      log: this.#log,
    });
  }

  #fail(error: unknown): void {
    this.#membership = null;
    this.#closing.abort();
    this.#disconnect();
    this.#options.onFailed(error instanceof Error ? error : new Error(String(error)));
  }
}

import type Cluster from "kafkajs/src/cluster/index.js";
import { pause } from "../clock/pause.ts";
import type { Log } from "../log/log.ts";
import type { AssignedState } from "./assigned-state.ts";
import type { ClusterLink } from "./cluster-link.ts";
import { faultKind, toPipelineError } from "./errors.ts";
import { type FetchedPartition, type FetchOptions, fetchFault, fetchRecords } from "./fetch-request.ts";
import { knowLeaders, leaderOf } from "./know-leaders.ts";
import { beginning, listOffsets } from "./offsets.ts";
import type { TopicPosition } from "./types.ts";
import { Wakeup } from "./wakeup.ts";

const retryDelayMs = 50;

const smallBytesDefault = 32 * 1024;

export interface FetcherOptions extends FetchOptions {
  /** How long to wait after a small answer before the next request, milliseconds. Default: not at all. */
  readonly gatherMs?: (() => number) | undefined;
  /** An answer of less than this is small. Default: about a hundred quotes. */
  readonly smallBytes?: number | undefined;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Told whenever a state has something in `fetched`. */
  readonly onFetched: () => void;
  /** No more is fetched ahead while so many bytes wait. Not for handlers of several batches at once: one that waits would hold up the others. */
  readonly bytesAheadMax?: number | undefined;
  readonly onSkipped?: ((missed: TopicPosition, firstOffset: number) => void) | undefined;
}

/** Keeps one fetch ahead of the handler in every partition; one request at a time to each broker, for all partitions that lack one. */
export class PartitionFetcher {
  readonly #link: ClusterLink;
  /** Those that came last are asked for last: an answer is filled in the order of its request, and what stands behind may find no room. */
  #states: readonly AssignedState[];
  readonly #options: FetcherOptions;
  readonly #wakeup = new Wakeup();
  readonly #busyNodes = new Set<number>();
  #fault: Error | null = null;

  constructor(link: ClusterLink, states: readonly AssignedState[], options: FetcherOptions) {
    this.#link = link;
    this.#states = states;
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#wakeup.notify(), { once: true });
  }

  /** Something was taken out of `fetched`. */
  notify(): void {
    this.#wakeup.notify();
  }

  /** Resolves when the signal comes. Rejects with the fault that no retry can mend. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      let cluster: Cluster | null = null;
      try {
        cluster = await this.#link.cluster();
        for (const [nodeId, wanted] of await this.#wantedByNode(cluster)) {
          if (!this.#busyNodes.has(nodeId)) void this.#fetch(cluster, nodeId, wanted);
        }
      } catch (error) {
        await this.#recover(error, cluster);
        this.#wakeup.notify();
      }
      if (this.#fault !== null) throw this.#fault;
      await this.#wakeup.wait();
    }
  }

  async #wantedByNode(cluster: Cluster): Promise<Map<number, AssignedState[]>> {
    await knowLeaders(cluster, [...new Set(this.#states.map(({ topic }) => topic))]);
    const ahead = this.#states.reduce((sum, { fetched }) => sum + (fetched?.bytes ?? 0), 0);
    if (ahead >= (this.#options.bytesAheadMax ?? Number.POSITIVE_INFINITY)) return new Map();
    const wanted = this.#states.filter((state) => state.fetched === null);
    return Map.groupBy(wanted, ({ topic, partition }) => leaderOf(cluster, topic, partition));
  }

  async #fetch(cluster: Cluster, nodeId: number, states: readonly AssignedState[]): Promise<void> {
    const { gatherMs, smallBytes = smallBytesDefault, signal } = this.#options;
    this.#busyNodes.add(nodeId);
    try {
      const broker = await cluster.findBroker({ nodeId });
      const wanted = states.map(({ topic, partition, fetchOffset }) => ({ topic, partition, offset: fetchOffset }));
      const fetched = await fetchRecords(broker, wanted, this.#options);
      this.#link.reportWell();
      let fault: Error | null = null;
      for (const part of fetched) fault = (await this.#take(cluster, part, wanted)) ?? fault;
      if (fault !== null) throw fault;
      const size = fetched.reduce((sum, { bytes }) => sum + bytes, 0);
      const isSmall = size > 0 && size < smallBytes;
      if (gatherMs !== undefined && isSmall && fetched.every(isToEnd)) await pause(gatherMs(), signal);
    } catch (error) {
      await this.#recover(error, cluster);
    } finally {
      this.#busyNodes.delete(nodeId);
      this.#wakeup.notify();
    }
  }

  /** Takes what came of one partition; resolves with what Kafka refused, which the others of the answer need not suffer for. */
  async #take(cluster: Cluster, part: FetchedPartition, wanted: readonly TopicPosition[]): Promise<Error | null> {
    const isSame = (at: { topic: string; partition: number }) =>
      at.topic === part.topic && at.partition === part.partition;
    const state = this.#states.find(isSame);
    if (state === undefined || this.#options.signal.aborted) return null;
    // Where a leader moves, the old one and the new one can both be asked at a time: what comes second is not handed over again.
    if (state.fetched !== null || state.fetchOffset !== wanted.find(isSame)?.offset) return null;
    if (part.errorCode === offsetOutOfRange) await this.#restart(cluster, state);
    else if (part.errorCode !== 0) {
      return fetchFault(part.errorCode, part.topic);
    } else if (part.decoded.nextOffset !== null) {
      state.fetchOffset = part.decoded.nextOffset;
      state.fetched = part;
      this.#states = [...this.#states.filter((other) => other !== state), state];
      this.#options.onFetched();
    }
    return null;
  }

  /** What was to be read is no longer kept, or the topic was made anew: goes on from the first record there is, and says so. */
  async #restart(cluster: Cluster, state: AssignedState): Promise<void> {
    const { topic, partition, fetchOffset } = state;
    const [first] = await listOffsets(cluster, topic, [partition], beginning, this.#options.isolationLevel);
    if (first === undefined) return;
    this.#options.log.warn("The next record to read is not kept by Kafka; going on from the first that is", {
      topic,
      partition,
      wantedOffset: fetchOffset,
      firstOffset: first.offset,
    });
    this.#options.onSkipped?.({ topic, partition, offset: fetchOffset }, first.offset);
    state.fetchOffset = first.offset;
    state.position = first.offset;
    state.restarts++;
  }

  async #recover(fault: unknown, cluster: Cluster | null): Promise<void> {
    const { signal } = this.#options;
    if (signal.aborted) return;
    const error = await this.#link.faultOf(fault, cluster);
    const kind = faultKind(error);
    if (kind === "fatal") {
      this.#fault ??= toPipelineError(error, this.#link.connection);
      return;
    }
    const topics = [...new Set(this.#states.map(({ topic }) => topic))];
    this.#link.reportTrouble(error, `the topic ${topics.join(", ")}`);
    if (kind !== "connection") await cluster?.refreshMetadata().catch(() => undefined);
    else if (cluster !== null) this.#link.drop(cluster, error);
    await pause(retryDelayMs, signal);
  }
}

/** Whether there was no more to be had. */
function isToEnd({ decoded, endOffset }: FetchedPartition): boolean {
  return decoded.nextOffset === null || decoded.nextOffset >= endOffset;
}

// Kafka's error codes.
const offsetOutOfRange = 1;

import { PipelineError } from "../../domain/errors.ts";
import { pause } from "../clock/pause.ts";
import type { Log } from "../log/log.ts";
import { AssignedState } from "./assigned-state.ts";
import type { ClusterLink } from "./cluster-link.ts";
import { faultKind } from "./errors.ts";
import type { FetchOptions } from "./fetch-request.ts";
import type { GroupCoordinator, Membership } from "./group-coordinator.ts";
import { heartbeatPauses } from "./heartbeat-pauses.ts";
import { PartitionFetcher } from "./partition-fetcher.ts";
import { describeAssigned, startPositions } from "./start-positions.ts";
import type { AssignedPartition, GroupReaderOptions, TopicPosition } from "./types.ts";
import { Wakeup } from "./wakeup.ts";

/** What one generation of a group needs; `signal` ends it when the reader is closed. */
export interface GenerationContext {
  readonly link: ClusterLink;
  readonly coordinator: GroupCoordinator;
  readonly membership: Membership;
  /** What this member has read in generations before. */
  readonly held: readonly HeldPosition[];
  readonly options: GroupReaderOptions;
  readonly fetch: FetchOptions;
  /** Between heartbeats, once the generation is no longer young. */
  readonly heartbeatMs: number;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Where this member left a partition off, and in which generation of the group that was. */
export interface HeldPosition extends TopicPosition {
  readonly generationId: number;
}

/**
 * One generation of a group as this member lives it: start positions, then fetching, handing over and heartbeats, until the group
 * rebalances. Nothing of it outlives it: what was fetched and not yet handed over is dropped, and the handler's last batch is
 * waited for before the member joins again, so that no batch of an old assignment is ever handed over in a new one.
 */
export class GroupGeneration {
  readonly #context: GenerationContext;
  readonly #ended = new AbortController();
  readonly #wakeups: readonly Wakeup[];
  #states: readonly AssignedState[] = [];
  #fetcher: PartitionFetcher | null = null;
  /** What `onAssigned` was told and `onRevoked` was not yet. */
  #told: readonly AssignedPartition[] | null = null;
  #fault: unknown = null;

  constructor(context: GenerationContext) {
    this.#context = context;
    this.#wakeups = Array.from({ length: context.options.concurrency ?? 1 }, () => new Wakeup());
  }

  positions(): readonly TopicPosition[] {
    return this.#states.map(({ topic, partition, position }) => ({ topic, partition, offset: position }));
  }

  /** Ends the generation though the group has not asked for it. */
  leave(): void {
    this.#end(null);
  }

  /** Resolves when the member must join again or the reader is closed. Rejects with what it cannot go on after. */
  async run(): Promise<void> {
    const { signal } = this.#context;
    const onClose = () => this.#end(null);
    signal.addEventListener("abort", onClose);
    if (signal.aborted) onClose();
    const beating = new AbortController();
    const heartbeats = this.#beat(beating.signal);
    try {
      await this.#read();
    } catch (error) {
      this.#end(error);
    } finally {
      await this.#revoke();
      // The heart beats until the last batch is handled, so that the group waits for it.
      beating.abort();
      await heartbeats;
      signal.removeEventListener("abort", onClose);
    }
    if (this.#fault !== null) throw this.#fault;
  }

  async #read(): Promise<void> {
    const { link, fetch, log, signal, options } = this.#context;
    const assigned = await describeAssigned(this.#context);
    if (this.#ended.signal.aborted) return;
    const { memberId, generationId } = this.#context.membership;
    this.#told = assigned;
    const group = { groupId: options.groupId, memberId, generationId };
    const chosen = await options.onAssigned?.(assigned, group, this.#ended.signal);
    if (this.#ended.signal.aborted) return;
    const starts = await startPositions(this.#context, assigned, chosen ?? []);
    if (this.#ended.signal.aborted) return;
    this.#states = starts.map(({ topic, partition, offset }) => new AssignedState(topic, partition, offset));
    const onFetched = () => this.#wakeWorkers();
    const { onSkipped, bytesAheadMax, gatherMs, smallBytes } = options;
    const gathering = { gatherMs, smallBytes, bytesAheadMax };
    const told = { ...fetch, ...gathering, log, signal: this.#ended.signal, onFetched, onSkipped };
    const fetcher = new PartitionFetcher(link, this.#states, told);
    this.#fetcher = fetcher;
    log.debug("Reading", { group: options.groupId, partitions: starts.length, closing: signal.aborted });
    const fetching = fetcher.run().catch((error: unknown) => this.#end(error));
    await Promise.all([fetching, ...this.#wakeups.map((wakeup) => this.#work(wakeup))]);
  }

  async #revoke(): Promise<void> {
    const told = this.#told;
    this.#told = null;
    if (told === null) return;
    try {
      await this.#context.options.onRevoked?.(told.map(({ topic, partition }) => ({ topic, partition })));
    } catch (error) {
      this.#end(error);
    }
  }

  async #work(wakeup: Wakeup): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const state = this.#states.find((candidate) => candidate.fetched !== null && !candidate.isBusy);
      if (state === undefined) await wakeup.wait();
      else await this.#handle(state);
    }
  }

  async #handle(state: AssignedState): Promise<void> {
    const { fetched, topic, partition, restarts } = state;
    if (fetched === null) return;
    state.fetched = null;
    state.isBusy = true;
    this.#fetcher?.notify();
    try {
      const { onBatch, oneByOne } = this.#context.options;
      const { decoded, fromOffset, beginOffset, endOffset, release } = fetched;
      const { nextOffset } = decoded;
      if (oneByOne === true) {
        const each = {
          fromOffset,
          nextOffset: nextOffset ?? fromOffset,
          [Symbol.iterator]: () => decoded.each(),
        };
        await onBatch({ topic, partition, records: [], each, beginOffset, endOffset, release });
      } else if (decoded.records.length > 0) {
        await onBatch({ topic, partition, records: decoded.records, beginOffset, endOffset, release });
      }
      // Of a log that was let go of meanwhile it is where that begins now.
      if (state.restarts === restarts) state.position = nextOffset ?? state.position;
    } catch (error) {
      this.#end(error);
    } finally {
      state.isBusy = false;
      this.#moveToEnd(state);
      this.#wakeWorkers();
    }
  }

  /** The partition that was served last comes last again, so that none starves. */
  #moveToEnd(state: AssignedState): void {
    this.#states = [...this.#states.filter((other) => other !== state), state];
  }

  #wakeWorkers(): void {
    for (const wakeup of this.#wakeups) wakeup.notify();
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const { coordinator, membership, heartbeatMs, log } = this.#context;
    for (const pauseMs of heartbeatPauses(heartbeatMs)) {
      await pause(pauseMs, signal);
      if (signal.aborted) return;
      try {
        await coordinator.heartbeat(membership);
      } catch (error) {
        if (faultKind(error) === "rejoin") this.#end(null);
        else if (error instanceof PipelineError && error.retriable) log.debug("A heartbeat was missed");
        else this.#end(error);
      }
    }
  }

  #end(fault: unknown): void {
    this.#fault ??= fault;
    this.#ended.abort();
    this.#wakeWorkers();
  }
}

import type Cluster from "kafkajs/src/cluster/index.js";
import { PipelineError } from "../../domain/errors.ts";
import { pause } from "../clock/pause.ts";
import type { ClusterLink } from "./cluster-link.ts";
import { CoordinatorLink } from "./coordinator-link.ts";
import { describeTransaction } from "./describe-transactions-request.ts";
import { faultKind, rootOf } from "./errors.ts";
import { fetchCommitted } from "./offset-fetch-request.ts";
import type { DescribedTransaction } from "./takeover-step.ts";
import { faultType, kafkaFault, transactionFault } from "./transaction-faults.ts";
import {
  addOffsets,
  addPartitions,
  commitOffsets,
  endTransaction,
  type InitialiseOptions,
  initialise,
  type TransactionHolder,
} from "./transaction-requests.ts";
import type { GroupMembership, TopicPartition, TopicPosition } from "./types.ts";

const patienceMs = 30_000;
/** Two restarts of a broker fit in; a commit whose outcome is not known by then is left to the committed offsets. */
const endPatienceMs = 30_000;
/** Kafka's PRODUCER_FENCED. */
const producerFenced = 90;
/** The coordinator answers CONCURRENT_TRANSACTIONS while the markers of the transaction before are being written: a few milliseconds. */
const markerDelayMs = 2;

/**
 * The requests of one transactional id to its coordinator and to its group's. A coordinator that has moved, is loading or cannot be reached
 * is asked again: all of these requests may be repeated within a transaction without doing more than once. A repeat leaves the first try
 * behind, though, which may reach the broker late (`hasRepeated`).
 * All reject with `transactionFault`'s errors.
 */
export class TransactionCoordinator {
  readonly #link: ClusterLink;
  readonly #transactionalId: string;
  readonly #signal: AbortSignal;
  readonly #transactions: CoordinatorLink;
  readonly #groups = new Map<string, CoordinatorLink>();
  #hasRepeated = false;

  constructor(link: ClusterLink, transactionalId: string, signal: AbortSignal) {
    this.#link = link;
    this.#transactionalId = transactionalId;
    this.#signal = signal;
    this.#transactions = new CoordinatorLink(link, { kind: "transaction", name: transactionalId }, signal);
  }

  /**
   * Whether a request was repeated under the present epoch because its answer was lost. The first try could still arrive in the middle of the
   * next transaction and end it there, or take its positions back, and the broker may have gone while it ended this one: before that the epoch must be renewed.
   */
  get hasRepeated(): boolean {
    return this.#hasRepeated;
  }

  /**
   * Takes the id over: fences whoever has it, and waits until what he left open is aborted. Its present holder (`current`) only renews its
   * epoch so, and is fenced where it is not the present one.
   */
  async initialise(timeoutMs: number, current: TransactionHolder | null): Promise<TransactionHolder> {
    const options = { transactionalId: this.#transactionalId, timeoutMs, current };
    const holder = await this.#ask(this.#transactions, patienceMs, (broker) => initialiseAs(broker, options));
    this.#hasRepeated = false;
    return holder;
  }

  /**
   * The same, tried once: null where a transaction is open, which is aborted then, or is being ended; and where the answer was lost, for by the next try the
   * id may be in another state than it was when this was decided.
   */
  async tryInitialise(timeoutMs: number, current: TransactionHolder | null): Promise<TransactionHolder | null> {
    const options = { transactionalId: this.#transactionalId, timeoutMs, current };
    const asked = this.#ask(this.#transactions, 0, (broker) =>
      initialiseAs(broker, options).catch((error: unknown) => {
        if (faultType(error) === "CONCURRENT_TRANSACTIONS") return null;
        throw error;
      }),
    );
    const holder = await asked.catch((error: unknown) => {
      if (error instanceof PipelineError && error.retriable) return null;
      throw error;
    });
    if (holder !== null) this.#hasRepeated = false;
    return holder;
  }

  /** What the coordinator knows of the id; null where that is nothing. */
  async describe(): Promise<DescribedTransaction | null> {
    return this.#ask(this.#transactions, patienceMs, (broker) => describeTransaction(broker, this.#transactionalId));
  }

  async addPartitions(holder: TransactionHolder, partitions: readonly TopicPartition[]): Promise<void> {
    await this.#ask(this.#transactions, patienceMs, (broker) => addPartitions(broker, holder, partitions));
  }

  async addOffsets(holder: TransactionHolder, groupId: string): Promise<void> {
    await this.#ask(this.#transactions, patienceMs, (broker) => addOffsets(broker, holder, groupId), groupId);
  }

  async commitOffsets(
    holder: TransactionHolder,
    group: GroupMembership,
    positions: readonly TopicPosition[],
  ): Promise<void> {
    const { groupId } = group;
    const request = (broker: Cluster.Broker) => commitOffsets(broker, holder, group, positions);
    await this.#ask(this.#group(groupId), patienceMs, request, groupId);
  }

  /** Resolves when the transaction is certain to have ended so. The error of a commit says where it is not known whether it was. */
  async end(holder: TransactionHolder, commits: boolean, patience = endPatienceMs): Promise<void> {
    let isUncertain = false;
    try {
      await this.#ask(this.#transactions, patience, async (broker) => {
        try {
          await endTransaction(broker, holder, commits);
        } catch (error) {
          // Any answer that is no clear refusal, and none at all, can hide that the coordinator has decided.
          if (commits && isWorthRepeating(error)) isUncertain = true;
          throw error;
        }
      });
    } catch (error) {
      // A transaction that was committed is not in a state that refuses its commit: nothing of this one was.
      throw isUncertain && faultType((error as Error).cause) !== "INVALID_TXN_STATE" ? this.#uncertain(error) : error;
    }
  }

  /** The group's positions in these partitions once no transaction is about to move them; null where one still is after so long. */
  async stablePositions(
    groupId: string,
    partitions: readonly TopicPartition[],
    withinMs: number,
  ): Promise<readonly TopicPosition[] | null> {
    const lastMs = performance.now() + withinMs;
    const byTopic = Map.groupBy(partitions, ({ topic }) => topic);
    return this.#group(groupId).on(patienceMs, async (broker) => {
      const all: TopicPosition[] = [];
      for (const [topic, ofTopic] of byTopic) {
        const wanted = { groupId, topic, partitions: ofTopic.map(({ partition }) => partition), requireStable: true };
        try {
          all.push(
            ...(await this.#untilMarked("UNSTABLE_OFFSET_COMMIT", lastMs, () => fetchCommitted(broker, wanted))),
          );
        } catch (error) {
          if (faultType(error) === "UNSTABLE_OFFSET_COMMIT") return null;
          if (faultKind(error) === "connection") this.#hasRepeated = true;
          throw error;
        }
      }
      return all;
    });
  }

  async #ask<T>(
    coordinator: CoordinatorLink,
    patience: number,
    request: (broker: Cluster.Broker) => Promise<T>,
    groupId?: string,
  ): Promise<T> {
    const lastMs = performance.now() + patience;
    return coordinator.on(patience, async (broker) => {
      try {
        return await this.#untilMarked("CONCURRENT_TRANSACTIONS", lastMs, () => request(broker));
      } catch (error) {
        if (faultKind(error) === "connection") this.#hasRepeated = true;
        throw isWorthRepeating(error) ? error : this.#fault(error, groupId);
      }
    });
  }

  /** Asks again for as long as the answer is that markers are still being written. */
  async #untilMarked<T>(busy: string, lastMs: number, request: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await request();
      } catch (error) {
        if (faultType(error) !== busy || performance.now() > lastMs || this.#signal.aborted) throw error;
        await pause(markerDelayMs, this.#signal);
      }
    }
  }

  #fault(error: unknown, groupId: string | undefined): Error {
    const { topic } = rootOf(error);
    const isOfGroup = faultType(error) === "GROUP_AUTHORIZATION_FAILED";
    let resource = `the transactional id ${this.#transactionalId}`;
    if (topic !== undefined) resource = `the topic ${topic}`;
    if (isOfGroup && groupId !== undefined) resource = `the group ${groupId}`;
    return transactionFault(error, this.#transactionalId, { ...this.#link.connection, resource });
  }

  #uncertain(error: unknown): unknown {
    if (!(error instanceof PipelineError)) return error;
    const { code, message } = error;
    return new PipelineError(
      code,
      `Whether the transaction of ${this.#transactionalId} was committed is not known: ${message}`,
      {
        remedy: "The group's committed offset tells; the unit is resumed from there.",
        // Whatever else came last: where the unit stands is found out by beginning anew.
        retriable: code !== "kafkaFenced",
        cause: error,
      },
    );
  }

  #group(groupId: string): CoordinatorLink {
    const known = this.#groups.get(groupId);
    if (known !== undefined) return known;
    const group = new CoordinatorLink(this.#link, { kind: "group", name: groupId }, this.#signal);
    this.#groups.set(groupId, group);
    return group;
  }
}

/** Initialises; as the holder (`current`) after a look, each time that it is tried. */
async function initialiseAs(broker: Cluster.Broker, options: InitialiseOptions): Promise<TransactionHolder> {
  if (options.current !== null) await clearTheWay(broker, options.current);
  return initialise(broker, options);
}

/**
 * Kafka aborts a transaction that is open before it looks at the epoch: another's, who would be fenced by one that he has followed, and the holder's own, which
 * can only be one of nothing after a commit and is ended as that.
 * @throws Kafka's PRODUCER_FENCED where it is another's
 */
async function clearTheWay(broker: Cluster.Broker, current: TransactionHolder): Promise<void> {
  const known = await describeTransaction(broker, current.transactionalId);
  if (known?.state !== "Ongoing") return;
  if (known.producerEpoch !== current.producerEpoch) throw kafkaFault(producerFenced);
  await endTransaction(broker, current, true);
}

function isWorthRepeating(error: unknown): boolean {
  const kind = faultKind(error);
  return kind !== "fatal" && kind !== "rejoin";
}

import { PipelineError } from "../../domain/errors.ts";
import { tooLate, within } from "../clock/within.ts";
import type { ClusterLink } from "./cluster-link.ts";
import { LanePump, type PumpProducer, type PumpRole } from "./lane-pump.ts";
import { LikelyTargets } from "./likely-targets.ts";
import { OpenTransaction } from "./open-transaction.ts";
import { closedError } from "./retry.ts";
import type { SendLane } from "./send-lane.ts";
import { type DecidedCommit, settleCommit } from "./settled-commit.ts";
import { plainTimeoutMs } from "./takeover-step.ts";
import { TransactionCoordinator } from "./transaction-coordinator.ts";
import { transactionFault } from "./transaction-faults.ts";
import type { TransactionHolder } from "./transaction-requests.ts";
import { takeOver } from "./transaction-takeover.ts";
import type {
  EncodedBatch,
  GroupMembership,
  OutgoingRecord,
  TopicPartition,
  TopicPosition,
  TransactionalSender,
  TransactionalSenderOptions,
  TransactionScope,
} from "./types.ts";

const transactionTimeoutMsDefault = 60_000;
/** How long a sender that has failed tries to tell the broker so. */
const failedAbortPatienceMs = 2000;
/** How long a sender that is closed waits for the end of its last commit to be seen. */
const settlePatienceMs = 3000;
/** What share of its timeout a transaction stays open in which nothing comes. */
const unusedPart = 1 / 4;

/**
 * Publishes in transactions, in as few round trips as the protocol allows: one tells the coordinator of the partitions (and, from the second
 * transaction on, of the group), one sends the records, beside it one the positions, and one ends the transaction. The first is made ahead for the partitions that
 * nearly every transaction writes to, as soon as the one before can be seen. What the broker may have lost is sent again under the same sequence numbers
 * only; where that cannot be, the transaction fails as a whole.
 */
export class TransactionalProducer implements TransactionalSender {
  readonly #link: ClusterLink;
  readonly #transactionalId: string;
  readonly #timeoutMs: number;
  readonly #scope: TransactionScope | null;
  readonly #closing = new AbortController();
  readonly #coordinator: TransactionCoordinator;
  readonly #pump: LanePump;
  readonly #likely = new LikelyTargets();
  #holder: TransactionHolder | null = null;
  #open: OpenTransaction | null = null;
  #groupId: string | null = null;
  #isCommitting = false;
  /** The request that ends the transaction is under way, or what comes before an abort's. */
  #isEnding = false;
  #isClosing = false;
  #unusedTimer: NodeJS.Timeout | undefined;
  /** The end of the last commit is being seen to; nothing else is begun before. */
  #settling: Promise<void> = Promise.resolve();
  #fault: Error | null = null;

  constructor(link: ClusterLink, transactionalId: string, options: TransactionalSenderOptions) {
    this.#link = link;
    this.#transactionalId = transactionalId;
    this.#timeoutMs = plainTimeoutMs(options.transactionTimeoutMs ?? transactionTimeoutMsDefault);
    this.#scope = options.scope ?? null;
    this.#coordinator = new TransactionCoordinator(link, transactionalId, this.#closing.signal);
    this.#pump = new LanePump(link, this.#role());
  }

  /** Takes the transactional id over, and sees what was left under it to its end. */
  async open(): Promise<void> {
    this.#holder = await takeOver({
      coordinator: this.#coordinator,
      timeoutMs: this.#timeoutMs,
      scope: this.#scope,
      signal: this.#closing.signal,
    });
  }

  send(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    return this.#send(() => this.#pump.send(topic, records));
  }

  sendBatches(batches: readonly EncodedBatch[]): Promise<void> {
    if (batches.length === 0) return Promise.resolve();
    return this.#send(() => this.#pump.sendBatches(batches));
  }

  async commit(group: GroupMembership, positions: readonly TopicPosition[]): Promise<void> {
    if (!this.#isUsable()) throw this.#unusable();
    if (!this.#open?.isUsed && positions.length === 0) return;
    const open = this.#begin();
    this.#isCommitting = true;
    try {
      await this.#settling;
      this.#requireWanted();
      if (positions.length > 0) void open.track(this.#commitOffsets(open, group, positions));
      await open.acknowledged();
      await this.#endCommit();
      this.#open = null;
      const { groupId } = group;
      if (positions.length > 0) this.#settle({ groupId, sources: positions, targets: open.targets });
      else await this.#renewEpoch();
    } catch (error) {
      this.#giveUp(error as Error);
      throw this.#fault ?? error;
    } finally {
      this.#isCommitting = false;
    }
  }

  async abort(): Promise<void> {
    const open = this.#open;
    if (!open?.isUsed) return;
    if (this.#isEnding) throw new RangeError("The transaction is being ended already");
    this.#isEnding = true;
    try {
      if (this.#fault === null) await open.settled();
      if (this.#fault !== null) await this.#abortFailed(open, this.#fault);
      else if (open.isKnown) await this.#coordinator.end(this.#identity(), false);
    } finally {
      this.#giveUp(abortedError());
      this.#open = null;
      this.#isEnding = false;
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#unusedTimer);
    if (this.#open !== null) this.#endUnused(this.#open);
    await within(Promise.allSettled([this.#settling]), settlePatienceMs);
    this.#fault ??= closedError();
    this.#closing.abort();
    await this.#pump.close(0);
  }

  #role(): PumpRole {
    const context = (topic?: string) => ({
      ...this.#link.connection,
      resource: topic === undefined ? `the transactional id ${this.#transactionalId}` : `the topic ${topic}`,
    });
    return {
      transactionalId: this.#transactionalId,
      check: () => this.#checkTime(),
      producer: async (_, lanes) => {
        await this.#settling;
        return this.#producer(lanes);
      },
      admit: (lanes) => this.#admit(lanes),
      describe: (error, topic) => transactionFault(error, this.#transactionalId, context(topic)),
      onGivenUp: (fault) => this.#giveUp(fault),
    };
  }

  #isUsable(): boolean {
    return this.#fault === null && !this.#isCommitting && !this.#isEnding;
  }

  #unusable(): Error {
    return this.#fault ?? new RangeError("The transaction is being ended: nothing can be added to it");
  }

  #identity(): TransactionHolder {
    if (this.#holder === null) throw new RangeError("The transactional id has not been taken over yet");
    return this.#holder;
  }

  /** The transaction that is open, or a new one, for something to be in it. */
  #begin(): OpenTransaction {
    this.#open ??= this.#newTransaction();
    this.#open.isUsed = true;
    return this.#open;
  }

  #newTransaction(): OpenTransaction {
    return new OpenTransaction(performance.now() + this.#timeoutMs);
  }

  #send(records: () => Promise<unknown>): Promise<void> {
    const sent = this.#isUsable() ? this.#sendOpen(records) : Promise.reject(this.#unusable());
    // Whoever does not wait for it hears of the fault from `commit`.
    sent.catch(() => undefined);
    return sent;
  }

  #sendOpen(records: () => Promise<unknown>): Promise<void> {
    const open = this.#begin();
    return open.track(records().then(() => undefined));
  }

  /** A transaction that is past its timeout has been aborted by the coordinator: nothing of it is worth another try. */
  #checkTime(): void {
    if (this.#open === null || performance.now() < this.#open.lastMs) return;
    const message = `The transaction of ${this.#transactionalId} could not be sent within its ${this.#timeoutMs} ms.`;
    const remedy = "See whether Kafka answers; it is done again from the committed offset.";
    throw new PipelineError("kafkaUnreachable", message, { remedy, retriable: true });
  }

  #producer(lanes: readonly SendLane[]): PumpProducer {
    // Numbering anew, as a sender without transactions does, could write records of this transaction twice.
    if (lanes.some((lane) => lane.lostSequence)) {
      throw new PipelineError("kafkaFailed", `Kafka has lost the sequence of ${this.#transactionalId}'s records.`, {
        remedy: "The transaction is done again from the committed offset.",
        retriable: true,
      });
    }
    const { producerId, producerEpoch } = this.#identity();
    return { producerId, producerEpoch, transactional: true };
  }

  #settle(decided: DecidedCommit): void {
    const likely = this.#likely.next();
    const settled = settleCommit(this.#coordinator, this.#identity(), this.#timeoutMs, decided);
    this.#goOnAfter(
      settled.then((holder) => {
        this.#hold(holder);
        if (likely.length > 0) this.#foresee(decided.groupId, likely);
      }),
    );
  }

  /** Begins nothing before this is done. A fault is the next transaction's: the one before is decided. */
  #goOnAfter(settling: Promise<void>): void {
    this.#settling = settling;
    settling.catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#giveUp(error as Error);
    });
  }

  /** Tells the coordinator of the next transaction before there is anything in it, so that the first to come need not wait for that. */
  #foresee(groupId: string, targets: readonly TopicPartition[]): void {
    if (this.#open !== null || this.#isClosing || !this.#isUsable()) return;
    const open = this.#newTransaction();
    this.#open = open;
    this.#expect(open, targets).catch((error: unknown) => {
      if (error instanceof PipelineError && error.code === "kafkaFenced") this.#giveUp(error);
      // What is missing may not be wanted any more.
      this.#likely.forget();
    });
    void this.#addOffsets(open, groupId);
    // After a connection broke, what the transaction before has left may hang: nobody shall find it behind an open one.
    void open.settled().then(() => {
      if (this.#coordinator.hasRepeated) this.#endUnused(open);
    });
    clearTimeout(this.#unusedTimer);
    this.#unusedTimer = setTimeout(() => this.#endUnused(open), this.#timeoutMs * unusedPart).unref();
  }

  /** Once its timeout has passed the coordinator would end it by itself, and fence its holder. */
  #endUnused(open: OpenTransaction): void {
    if (this.#open !== open || open.isUsed || !this.#isUsable()) return;
    this.#open = null;
    this.#goOnAfter(this.#commitNothing(open));
  }

  /** As the transaction before it ended: whatever might be left of that ends as it should. */
  async #commitNothing(open: OpenTransaction): Promise<void> {
    await open.settled();
    this.#requireWanted();
    if (open.isKnown) await this.#coordinator.end(this.#identity(), true, open.lastMs - performance.now());
    if (!this.#isClosing) await this.#renewEpoch();
  }

  async #admit(lanes: readonly SendLane[]): Promise<void> {
    const open = this.#begin();
    this.#likely.wrote(lanes);
    const expected = this.#expect(open, lanes);
    if (this.#groupId !== null) void this.#addOffsets(open, this.#groupId);
    await expected;
  }

  #expect(open: OpenTransaction, partitions: readonly TopicPartition[]): Promise<void> {
    return open.expect(partitions, (fresh) => this.#coordinator.addPartitions(this.#identity(), fresh));
  }

  #addOffsets(open: OpenTransaction, groupId: string): Promise<void> {
    return open.expectOffsets(groupId, () => this.#coordinator.addOffsets(this.#identity(), groupId));
  }

  /** A commit that waits can be given up: nothing of it is committed then. */
  #requireWanted(): void {
    if (this.#fault !== null) throw this.#fault;
    if (this.#isEnding) throw abortedError();
  }

  async #endCommit(): Promise<void> {
    this.#requireWanted();
    this.#isEnding = true;
    try {
      await this.#coordinator.end(this.#identity(), true);
    } finally {
      this.#isEnding = false;
    }
  }

  async #commitOffsets(
    open: OpenTransaction,
    group: GroupMembership,
    positions: readonly TopicPosition[],
  ): Promise<void> {
    this.#groupId = group.groupId;
    await this.#addOffsets(open, group.groupId);
    await this.#coordinator.commitOffsets(this.#identity(), group, positions);
  }

  /** Only what is settled can be aborted: a record that arrived behind the marker would be of no transaction. */
  async #abortFailed(open: OpenTransaction, fault: Error): Promise<void> {
    const isFenced = fault instanceof PipelineError && fault.code === "kafkaFenced";
    if (isFenced || !open.isKnown) return;
    if ((await within(open.settled(), failedAbortPatienceMs)) === tooLate) return;
    await this.#coordinator.end(this.#identity(), false, failedAbortPatienceMs).catch(() => undefined);
  }

  /** What was ended stays ended: a fault here is the next transaction's. */
  async #renewEpoch(): Promise<void> {
    if (!this.#coordinator.hasRepeated) return;
    try {
      this.#hold(await this.#coordinator.initialise(this.#timeoutMs, this.#identity()));
    } catch (error) {
      this.#giveUp(error as Error);
    }
  }

  #hold(holder: TransactionHolder): void {
    if (holder === this.#holder) return;
    this.#holder = holder;
    this.#pump.restartSequences();
  }

  #giveUp(fault: Error): void {
    if (this.#fault !== null) return;
    this.#fault = fault;
    this.#pump.fail(fault);
  }
}

function abortedError(): PipelineError {
  return new PipelineError("kafkaFailed", "The transaction was aborted, and its sender with it.", {
    remedy: "Another sender for the same transactional id goes on from the committed offset.",
    retriable: true,
  });
}

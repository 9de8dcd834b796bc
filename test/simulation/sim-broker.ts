import type { Outbox } from "../../enricher/unit/outbox.ts";
import type { CommittedPosition, Offsets, UnitFault } from "../../enricher/unit/unit-protocol.ts";
import type { IncomingRecord, OutgoingRecord } from "../../runtime/kafka/types.ts";
import { outboxRecords } from "../support/outbox-records.ts";
import type { World } from "./world.ts";

/** What the simulated broker refuses with. */
export class SimFault extends Error {
  readonly fault: UnitFault;

  constructor(fault: UnitFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** The broker is busy with it: ask again. */
export const tryAgain = Symbol("tryAgain");

interface Transaction {
  state: "open" | "preparing" | "committed" | "aborted";
  readonly sinceMs: number;
  readonly offsets: Map<number, number>;
}

interface Entry {
  readonly record: OutgoingRecord;
  readonly transaction: Transaction;
}

/** Who commits offsets, as the group's coordinator knows it. */
export interface SimMembership {
  readonly member: string;
  readonly generation: number;
}

/**
 * Logs, transactions and committed offsets, by Kafka's rules: a transactional id has one epoch, and requests of an older one are refused; what a
 * transaction wrote is read once it is committed, and nothing behind an open one is; offsets become the group's when the commit completes.
 */
export class SimBroker {
  readonly #world: World;
  readonly raw: IncomingRecord[][];
  readonly #topics = new Map<string, Entry[][]>();
  readonly #producers = new Map<string, { epoch: number; transaction: Transaction | null }>();
  readonly committed = new Map<number, number>();
  /** Whether offsets of a generation that has passed are refused: newer protocols can tell. */
  accepts: (membership: SimMembership) => boolean = () => true;

  constructor(world: World, partitions: number) {
    this.#world = world;
    this.raw = Array.from({ length: partitions }, () => []);
  }

  rawEnd(partition: number): number {
    return (this.raw[partition]?.at(-1)?.offset ?? -1) + 1;
  }

  /** Ends what the id's holder left open, and refuses that holder from now on. */
  initialise(id: string): number | typeof tryAgain {
    const producer = this.#producers.get(id) ?? { epoch: -1, transaction: null };
    if (producer.transaction?.state === "preparing") return tryAgain;
    if (producer.transaction?.state === "open") producer.transaction.state = "aborted";
    producer.transaction = null;
    producer.epoch++;
    this.#producers.set(id, producer);
    return producer.epoch;
  }

  produce(id: string, epoch: number, outbox: Outbox): "done" | typeof tryAgain {
    const transaction = this.#open(id, epoch);
    if (transaction === tryAgain) return tryAgain;
    for (const [topic, records] of outboxRecords(outbox)) {
      for (const record of records) this.partition(topic, record.partition).push({ record, transaction });
    }
    return "done";
  }

  addOffsets(id: string, epoch: number, positions: Offsets, membership: SimMembership): "done" | typeof tryAgain {
    const transaction = this.#open(id, epoch);
    if (transaction === tryAgain) return tryAgain;
    if (!this.accepts(membership)) throw new SimFault("fenced", "the group has moved on");
    for (const [partition, offset] of positions) transaction.offsets.set(partition, offset);
    return "done";
  }

  /** @param slowMs how long the commit takes to complete once it is decided */
  end(id: string, epoch: number, outcome: "committed" | "aborted", slowMs: number): "done" | typeof tryAgain {
    const producer = this.#holder(id, epoch);
    const { transaction } = producer;
    if (transaction === null || transaction.state === "committed" || transaction.state === "aborted") {
      if (transaction === null || transaction.state === outcome) return "done";
      throw new SimFault("unknown", "the transaction has ended otherwise");
    }
    if (transaction.state === "preparing") return tryAgain;
    if (outcome === "aborted") {
      transaction.state = "aborted";
      return "done";
    }
    transaction.state = "preparing";
    const complete = () => {
      transaction.state = "committed";
      for (const [partition, offset] of transaction.offsets) this.committed.set(partition, offset);
    };
    if (slowMs === 0) complete();
    else this.#world.later(slowMs, complete);
    return "done";
  }

  /** Ends transactions that have been open for too long, and refuses their holders. */
  endOldTransactions(olderThanMs: number): void {
    for (const [id, producer] of this.#producers) {
      if (producer.transaction?.state !== "open" || this.#world.nowMs - producer.transaction.sinceMs < olderThanMs)
        continue;
      this.#world.trace(`broker: the transaction of ${id} has timed out`);
      this.initialise(id);
    }
  }

  /** Offsets that are part of a transaction not ended yet are waited for. */
  positions(partitions: readonly number[]): readonly CommittedPosition[] | typeof tryAgain {
    for (const { transaction } of this.#producers.values()) {
      if (transaction === null || transaction.state === "committed" || transaction.state === "aborted") continue;
      if (partitions.some((partition) => transaction.offsets.has(partition))) return tryAgain;
    }
    return partitions.map((partition) => ({
      partition,
      committed: this.committed.get(partition) ?? null,
      begin: this.raw[partition]?.[0]?.offset ?? 0,
    }));
  }

  /** What a reader of committed records sees: none behind an open transaction, none of an aborted one. */
  readCommitted(topic: string, partition: number): readonly OutgoingRecord[] {
    const seen: OutgoingRecord[] = [];
    for (const { record, transaction } of this.partition(topic, partition)) {
      if (transaction.state === "open" || transaction.state === "preparing") break;
      if (transaction.state === "committed") seen.push(record);
    }
    return seen;
  }

  partition(topic: string, partition: number): Entry[] {
    let partitions = this.#topics.get(topic);
    if (partitions === undefined) {
      partitions = this.raw.map(() => []);
      this.#topics.set(topic, partitions);
    }
    const entries = partitions[partition];
    if (entries === undefined) throw new Error(`no partition ${partition}`);
    return entries;
  }

  /** Whether any transaction has not ended. */
  get isBusy(): boolean {
    return [...this.#producers.values()].some(({ transaction }) => transaction?.state === "preparing");
  }

  #open(id: string, epoch: number): Transaction | typeof tryAgain {
    const producer = this.#holder(id, epoch);
    if (producer.transaction?.state === "preparing") return tryAgain;
    if (producer.transaction?.state !== "open") {
      producer.transaction = { state: "open", sinceMs: this.#world.nowMs, offsets: new Map() };
    }
    return producer.transaction;
  }

  #holder(id: string, epoch: number) {
    const producer = this.#producers.get(id);
    if (producer === undefined || producer.epoch !== epoch) throw new SimFault("fenced", "another holds the id");
    return producer;
  }
}

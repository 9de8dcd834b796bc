import type { Outbox } from "../../enricher/unit/outbox.ts";
import type { CommittedPosition, Offsets, UnitFault } from "../../enricher/unit/unit-protocol.ts";
import type { DescribedTransaction } from "../../runtime/kafka/takeover-step.ts";
import type { IncomingRecord, OutgoingRecord, TopicPartition } from "../../runtime/kafka/types.ts";
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

type Outcome = "committed" | "aborted";

interface Entry {
  readonly record: OutgoingRecord;
  readonly id: string;
  /** Open until the end of its transaction is written behind it. */
  outcome: Outcome | "open";
}

/** A transactional id, as its coordinator knows it. */
interface Producer {
  epoch: number;
  timeoutMs: number;
  state: "empty" | "open" | "preparing" | Outcome;
  sinceMs: number;
  /** The partitions of its transaction, as topic/partition. */
  readonly targets: Set<string>;
  hasOffsets: boolean;
  /** Offsets that wait for the end of their transaction. */
  readonly pending: Map<number, number>;
}

/** Who commits offsets, as the group's coordinator knows it. */
export interface SimMembership {
  readonly member: string;
  readonly generation: number;
}

const stateNames = {
  empty: "Empty",
  open: "Ongoing",
  preparing: "PrepareCommit",
  committed: "CompleteCommit",
  aborted: "CompleteAbort",
} as const;

/**
 * Logs, transactions and committed offsets, by Kafka's rules: a transactional id has one epoch, and requests of an older one are refused; what a
 * transaction wrote is read once its end is written behind it, and nothing behind an open one is; offsets become the group's with the commit's end. A broker that
 * is stopped while it ends a transaction may note it as complete without having written its ends.
 */
export class SimBroker {
  readonly #world: World;
  readonly #loseMarkers: number;
  /** All that was ever written to the raw log. */
  readonly raw: IncomingRecord[][];
  /** The first offset that is kept, by partition. */
  readonly begins: number[];
  readonly #topics = new Map<string, Entry[][]>();
  readonly #producers = new Map<string, Producer>();
  readonly committed = new Map<number, number>();
  /** How often it was started: no request outlives that. */
  starts = 0;
  /** Whether offsets of a generation that has passed are refused: newer protocols can tell. */
  accepts: (membership: SimMembership) => boolean = () => true;

  /** @param loseMarkers how likely it is that an end falls into a stop of the broker */
  constructor(world: World, partitions: number, loseMarkers: number) {
    this.#world = world;
    this.#loseMarkers = loseMarkers;
    this.raw = Array.from({ length: partitions }, () => []);
    this.begins = this.raw.map(() => 0);
  }

  rawEnd(partition: number): number {
    return (this.raw[partition]?.at(-1)?.offset ?? -1) + 1;
  }

  describe(id: string): DescribedTransaction | null {
    const producer = this.#producers.get(id);
    if (producer === undefined) return null;
    const { epoch: producerEpoch, timeoutMs, state } = producer;
    return { transactionalId: id, producerId: 0n, producerEpoch, timeoutMs, state: stateNames[state] };
  }

  /**
   * Refuses whoever has held the id from now on; a transaction that is open is aborted first, whoever it is of.
   * @param current the epoch of who renews his own
   */
  initialise(id: string, timeoutMs: number, current: number | null): number | typeof tryAgain {
    const producer = this.#producers.get(id);
    if (producer === undefined) {
      const fresh = { targets: new Set<string>(), pending: new Map(), hasOffsets: false, sinceMs: 0 };
      this.#producers.set(id, { ...fresh, epoch: 0, timeoutMs, state: "empty" });
      return 0;
    }
    if (producer.state === "preparing") return tryAgain;
    if (producer.state === "open") {
      producer.epoch++;
      this.#complete(id, producer, "aborted");
      return tryAgain;
    }
    if (current !== null) this.#holder(id, current);
    this.#world.trace(
      `broker: ${id} initialised after ${producer.state}, epoch ${producer.epoch + 1}, ${timeoutMs} ms`,
    );
    producer.epoch++;
    producer.state = "empty";
    producer.timeoutMs = timeoutMs;
    return producer.epoch;
  }

  produce(id: string, epoch: number, outbox: Outbox): "done" | typeof tryAgain {
    const producer = this.#open(id, epoch);
    if (producer === tryAgain) return tryAgain;
    for (const [topic, records] of outboxRecords(outbox)) {
      for (const record of records) {
        producer.targets.add(`${topic}/${record.partition}`);
        this.partition(topic, record.partition).push({ record, id, outcome: "open" });
      }
    }
    return "done";
  }

  addOffsets(id: string, epoch: number, positions: Offsets, membership: SimMembership): "done" | typeof tryAgain {
    const producer = this.#open(id, epoch);
    if (producer === tryAgain) return tryAgain;
    if (!this.accepts(membership)) throw new SimFault("fenced", "the group has moved on");
    producer.hasOffsets = true;
    for (const [partition, offset] of positions) producer.pending.set(partition, offset);
    return "done";
  }

  /** Tells of partitions that will be written to. */
  addTargets(id: string, epoch: number, targets: readonly TopicPartition[]): "done" | typeof tryAgain {
    const producer = this.#open(id, epoch);
    if (producer === tryAgain) return tryAgain;
    for (const { topic, partition } of targets) producer.targets.add(`${topic}/${partition}`);
    return "done";
  }

  /** Tells that offsets of the group will come. @param probe a position that is to be taken back */
  addGroup(id: string, epoch: number, probe: number | null): "done" | typeof tryAgain {
    const producer = this.#open(id, epoch);
    if (producer === tryAgain) return tryAgain;
    producer.hasOffsets = true;
    if (probe !== null) producer.pending.set(probe, 0);
    return "done";
  }

  /** @param slowMs how long the commit takes to complete once it is decided */
  end(id: string, epoch: number, outcome: Outcome, slowMs: number): "done" | typeof tryAgain {
    const producer = this.#holder(id, epoch);
    if (producer.state === "preparing") return tryAgain;
    if (producer.state !== "open") {
      if (producer.state === outcome) return "done";
      throw new SimFault("unknown", "the transaction has ended otherwise");
    }
    if (outcome === "aborted" || slowMs === 0) {
      this.#complete(id, producer, outcome);
      return "done";
    }
    producer.state = "preparing";
    this.#world.later(slowMs, () => this.#complete(id, producer, outcome));
    return "done";
  }

  /** Ends transactions that have been open for too long, and refuses their holders. */
  endOldTransactions(olderThanMs: number): void {
    for (const [id, producer] of this.#producers) {
      if (producer.state !== "open" || this.#world.nowMs - producer.sinceMs < olderThanMs) continue;
      this.#world.trace(`broker: the transaction of ${id} has timed out`);
      producer.epoch++;
      this.#complete(id, producer, "aborted");
    }
  }

  /** Whether no transaction is about to move these offsets. */
  isStable(partitions: readonly number[]): boolean {
    return [...this.#producers.values()].every(
      ({ pending }) => !partitions.some((partition) => pending.has(partition)),
    );
  }

  /** Offsets that are part of a transaction not ended yet are waited for. */
  positions(partitions: readonly number[]): readonly Omit<CommittedPosition, "begin">[] | typeof tryAgain {
    if (!this.isStable(partitions)) return tryAgain;
    return partitions.map((partition) => ({ partition, committed: this.committed.get(partition) ?? null }));
  }

  begin(partition: number): number {
    return this.begins[partition] ?? 0;
  }

  /** Some raw records from an offset on, none at or after `toOffset`. */
  rawFrom(partition: number, fromOffset: number, recordsMax: number, toOffset: number) {
    if (fromOffset < this.begin(partition)) throw new SimFault("unknown", `${fromOffset} is no longer kept`);
    const raw = this.raw[partition] ?? [];
    const start = raw.findIndex(({ offset }) => offset >= fromOffset);
    const records = start < 0 ? [] : raw.slice(start, start + recordsMax).filter(({ offset }) => offset < toOffset);
    const last = records.at(-1);
    const isToEnd = last === undefined || last === raw.findLast(({ offset }) => offset < toOffset);
    if (toOffset !== Infinity && isToEnd) return { records, nextOffset: toOffset };
    return { records, nextOffset: last === undefined ? fromOffset : last.offset + 1 };
  }

  /** What a reader of committed records sees: none behind an open transaction, none of an aborted one. */
  readCommitted(topic: string, partition: number): readonly OutgoingRecord[] {
    const seen: OutgoingRecord[] = [];
    for (const { record, outcome } of this.partition(topic, partition)) {
      if (outcome === "open") break;
      if (outcome === "committed") seen.push(record);
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
    return [...this.#producers.values()].some(({ state }) => state === "preparing");
  }

  /**
   * Notes the end, and writes it to the partitions. Where the broker is just being stopped a commit is written to none of them, an abort to some, and neither to
   * the group's: leaders are looked up all at once.
   */
  #complete(id: string, producer: Producer, outcome: Outcome): void {
    const { hasFaults, random } = this.#world;
    const isStopped = hasFaults && random.chance(this.#loseMarkers);
    const isWritten = () => !isStopped || (outcome === "aborted" && random.chance(0.5));
    const stopped = isStopped ? ", and is stopped" : "";
    this.#world.trace(`broker: ${id} ${outcome}: ${[...producer.targets].join(" ")}${stopped}`);
    if (isStopped) this.starts++;
    producer.state = outcome;
    for (const target of producer.targets) if (isWritten()) this.#writeEnd(id, target, outcome);
    // The group's coordinator is told of the end only where the transaction's knows of it.
    if (!isStopped && producer.hasOffsets) {
      if (outcome === "committed") for (const [at, offset] of producer.pending) this.committed.set(at, offset);
      producer.pending.clear();
    }
    producer.targets.clear();
    producer.hasOffsets = false;
  }

  #writeEnd(id: string, target: string, outcome: Outcome): void {
    const [topic = "", partition] = target.split("/");
    for (const entry of this.partition(topic, Number(partition))) {
      if (entry.id === id && entry.outcome === "open") entry.outcome = outcome;
    }
  }

  #open(id: string, epoch: number): Producer | typeof tryAgain {
    const producer = this.#holder(id, epoch);
    if (producer.state === "preparing") return tryAgain;
    if (producer.state !== "open") {
      producer.state = "open";
      producer.sinceMs = this.#world.nowMs;
    }
    return producer;
  }

  #holder(id: string, epoch: number): Producer {
    const producer = this.#producers.get(id);
    if (producer === undefined || producer.epoch !== epoch) throw new SimFault("fenced", "another holds the id");
    return producer;
  }
}

import type { IncomingRecord, OutgoingRecord } from "../../runtime/kafka/types.ts";
import { SessionShelf } from "../snapshot/session-shelf.ts";
import type { Restored, RestoredState, SnapshotReader } from "../snapshot/snapshot-reader.ts";
import { SnapshotIndex, snapshotRecords } from "../snapshot/snapshot-records.ts";
import type { Outbox } from "./outbox.ts";
import type { FoldSink, PartitionFold } from "./partition-fold.ts";
import type { Offsets, RawBatch } from "./unit-protocol.ts";

/** When a partition's next snapshot is due: so many raw records or so much time after the last, whichever comes first. */
export interface SnapshotInterval {
  readonly records: number;
  readonly ms: number;
}

/** A fetched batch that is not folded to its end. */
interface QueuedBatch {
  /** The next record to fold; null at the end. */
  next: IncomingRecord | null;
  /** Those behind it, made as they are folded. */
  readonly rest: Iterator<IncomingRecord>;
  readonly nextOffset: number;
  readonly release: (() => void) | undefined;
}

/** One partition of a unit: its state, how far it is folded, and what its next snapshot has to hold. */
export class PartitionWork<State> {
  readonly partition: number;
  readonly #fold: PartitionFold<State>;
  readonly #logId: string;
  readonly #sink: FoldSink = { touched: new Set(), outbox: null };
  #state: State;
  #index = new SnapshotIndex();
  #queue: QueuedBatch[] = [];
  #received = 0;
  #snapshotMs: number;
  /** The part of the interval after which the next snapshot is due. */
  #intervalShare = 1;
  /** The next records bring a snapshot, besides those that are due. */
  #isSnapshotWanted = false;
  #shelf = new SessionShelf([]);
  #obsoleteKeys: readonly string[] = [];
  /** The first raw offset that Kafka still has, as last told. */
  beginOffset = 0;
  /** The next raw offset to fold. */
  next = 0;
  /** Where the last snapshot stands. */
  snapshotOffset = 0;

  constructor(partition: number, fold: PartitionFold<State>, logId: string, nowMs: number) {
    this.partition = partition;
    this.#fold = fold;
    this.#logId = logId;
    this.#state = fold.initial();
    this.#snapshotMs = nowMs;
  }

  /** Goes on from the latest snapshot if that is right, else from a session's own, else from the log's beginning. `next` is where. */
  restore(reader: SnapshotReader<State>, committed: number | null, begin: number): Restored {
    const latest = reader.restore(committed);
    const fault = typeof latest === "string" ? latest : null;
    const offset = typeof latest === "string" ? this.#restoreSession(reader, committed, begin) : this.#take(latest);
    this.next = Math.max(begin, offset ?? 0);
    this.#received = this.next;
    this.snapshotOffset = this.next;
    this.#shelf = new SessionShelf(reader.sessions());
    this.beginOffset = begin;
    this.#obsoleteKeys = fault === null ? [] : reader.symbols();
    // Without a snapshot, what begins in the middle of a log would look at the next start as if its state were lost.
    this.#isSnapshotWanted = begin > (offset ?? 0);
    return { fault, offset };
  }

  /** Folds again what was published by an earlier owner (D2). */
  replay(records: readonly IncomingRecord[], nextOffset: number): void {
    this.#sink.outbox = null;
    for (const record of records) this.#fold.fold(this.#state, this.partition, record, this.#sink);
    this.next = nextOffset;
    this.#received = nextOffset;
  }

  /** Where the next batch has to begin. */
  get received(): number {
    return this.#received;
  }

  get hasQueued(): boolean {
    return this.#queue.length > 0;
  }

  get watermarkMicros(): number {
    return this.#fold.watermarkMicros(this.#state);
  }

  /** Takes a batch in; records that came before are left out. False where records are missing before it. */
  receive({ fromOffset, records, nextOffset, beginOffset, release }: RawBatch): boolean {
    this.beginOffset = beginOffset;
    if (fromOffset > this.#received) return false;
    if (nextOffset <= this.#received) return true;
    const rest = records[Symbol.iterator]();
    let next = nextOf(rest);
    while (next !== null && next.offset < this.#received) next = nextOf(rest);
    this.#queue.push({ next, rest, nextOffset, release });
    this.#received = nextOffset;
    return true;
  }

  /** Lets go of what is not folded: it is to be fetched again. */
  dropQueued(): void {
    this.#queue = [];
    this.#received = this.next;
  }

  /** Folds at most so many of the queued records into the outbox; returns how many. */
  foldQueued(recordsMax: number, outbox: Outbox): number {
    const batch = this.#queue[0];
    if (batch === undefined) return 0;
    this.#sink.outbox = outbox;
    let count = 0;
    for (; batch.next !== null && count < recordsMax; count++) {
      this.#fold.fold(this.#state, this.partition, batch.next, this.#sink);
      batch.next = nextOf(batch.rest);
    }
    if (batch.next === null) {
      this.#queue.shift();
      batch.release?.();
      this.next = batch.nextOffset;
    } else {
      this.next = batch.next.offset;
    }
    return count;
  }

  /** @param share the part of the interval after which the next snapshot is due */
  snapshotAfter(share: number): void {
    this.#intervalShare = share;
  }

  /** The records of the state topic that are due: what has changed since the last snapshot, and once a session everything. */
  dueSnapshot(interval: SnapshotInterval, nowMs: number): OutgoingRecord[] {
    const progress = this.next - this.snapshotOffset;
    if (progress === 0) return [];
    const share = this.#intervalShare;
    const dueMs = this.#snapshotMs + interval.ms * share;
    const isTime = nowMs >= dueMs;
    const isDue = isTime || progress >= interval.records * share;
    if (!isDue && !this.#isSnapshotWanted) return [];
    this.#isSnapshotWanted = false;
    if (isDue) {
      this.#intervalShare = 1;
      // After a pause all partitions are due at once; the next time they are one after the other again.
      this.#snapshotMs = isTime ? nowMs - ((nowMs - dueMs) % interval.ms) : nowMs;
    }
    const { codec } = this.#fold;
    const at = { partition: this.partition, logId: this.#logId, offset: this.next, index: this.#index };
    const records = snapshotRecords(codec, this.#state, this.#sink.touched, { ...at, suffix: "" });
    this.#sink.touched.clear();
    this.snapshotOffset = this.next;
    const obsolete = [...this.#obsoleteKeys, ...this.#shelf.takePassed(this.beginOffset)];
    this.#obsoleteKeys = [];
    const date = this.#fold.sessionDate(this.#state);
    const { latestDate } = this.#shelf;
    if (date !== null && (latestDate === null || date > latestDate)) {
      // A session's snapshot is one of its own: its sum is of its own offsets.
      const whole = { ...at, index: new SnapshotIndex(), suffix: `@${date}` };
      const session = snapshotRecords(codec, this.#state, codec.symbols(this.#state), whole);
      for (const record of session) records.push(record);
      const keys = session.map(({ key }) => String(key));
      obsolete.push(...this.#shelf.add({ date, offset: this.next, keys }));
    }
    return [...this.#removals(obsolete, records), ...records];
  }

  #removals(obsolete: readonly string[], written: readonly OutgoingRecord[]): OutgoingRecord[] {
    if (obsolete.length === 0) return [];
    const kept = new Set(written.map(({ key }) => key));
    const keys = obsolete.filter((key) => !kept.has(key));
    return keys.map((key) => ({ partition: this.partition, key, value: null, headers: {} }));
  }

  #take({ state, index, offset }: RestoredState<State>): number {
    this.#state = state;
    this.#index = index;
    return offset;
  }

  /** The next snapshot holds all symbols then: the latest is not there to be added to. */
  #restoreSession(reader: SnapshotReader<State>, committed: number | null, begin: number): number | null {
    const session = committed === null ? null : reader.restoreSession("latest", begin, committed);
    if (session === null) return null;
    this.#state = session.state;
    for (const symbol of this.#fold.codec.symbols(session.state)) this.#sink.touched.add(symbol);
    return session.offset;
  }
}

function nextOf(records: Iterator<IncomingRecord>): IncomingRecord | null {
  const { done, value } = records.next();
  return done === true ? null : value;
}

/** Folds at most so many of the records that wait in several partitions; says how many, and in which partitions none waits any more. */
export function foldTogether(works: readonly PartitionWork<unknown>[], recordsMax: number, outbox: Outbox) {
  const emptied: number[] = [];
  let records = 0;
  for (const work of works) {
    if (!work.hasQueued || records >= recordsMax) continue;
    records += work.foldQueued(recordsMax - records, outbox);
    if (!work.hasQueued) emptied.push(work.partition);
  }
  return { records, emptied };
}

/** The next offset to fold, by partition. */
export function offsetsOf(works: readonly PartitionWork<unknown>[]): Offsets {
  return new Map(works.map((work) => [work.partition, work.next]));
}

import type {
  IncomingBatch,
  IncomingRecord,
  PartitionReadOptions,
  RecordsOneByOne,
} from "../../runtime/kafka/types.ts";
import type { RawBatch } from "./unit-protocol.ts";

/** Raw records for one attempt of the unit. */
export type FeedBatch = RawBatch & { readonly attempt: number };

export interface PartitionFeedOptions {
  readonly topic: string;
  readonly partition: number;
  readonly read: (options: PartitionReadOptions) => AsyncIterable<IncomingBatch>;
  readonly deliver: (batch: FeedBatch) => void;
  /** Handing over or reading back failed. */
  readonly onFailed: (attempt: number, error: unknown) => void;
}

/** From one `fetch` of the unit to the end of that attempt. */
interface FeedSession {
  readonly attempt: number;
  /** The next offset that was not delivered. */
  next: number;
  readonly ended: AbortController;
  /** Set while what lies behind the reader is read back. */
  isCatchingUp: boolean;
  /** Resolves true at `ready`, false when the session ends. */
  waiting: PromiseWithResolvers<boolean> | null;
}

/** How long a batch waits for a unit that is not ready for it; then it is let go, and read back later. The group must not wait for long. */
const patienceMs = 5000;

/**
 * The raw records of one partition as its unit wants them: without a hole, from where the unit says. The group's reader only ever goes
 * forward; what a unit needs once more after a failure lies behind the reader, and is read back from the log.
 */
export class PartitionFeed {
  readonly #options: PartitionFeedOptions;
  /** Where the group's reader stands: all before it was given here. */
  #readerAt: number;
  #session: FeedSession | null = null;
  #changed = Promise.withResolvers<void>();
  #isPaused = false;
  #beginOffset = 0;
  /** The offset after the last record that the raw partition has, as last seen. */
  endOffset = 0;

  constructor(options: PartitionFeedOptions, readerAt: number) {
    this.#options = options;
    this.#readerAt = readerAt;
  }

  /** A generation of the group begins: its reader starts there, and so does the unit, if it is fed. */
  resume(readerAt: number): void {
    this.#readerAt = readerAt;
    this.#isPaused = false;
    if (this.#session !== null) this.#session.next = readerAt;
    this.#notify();
  }

  /** A generation ends: nothing is delivered before the next, and what the unit has not folded comes again. */
  pause(): void {
    this.#isPaused = true;
    this.#session?.waiting?.resolve(false);
    this.#notify();
  }

  /** The unit wants records from there on. */
  open(attempt: number, offset: number): void {
    this.end();
    this.#session = { attempt, next: offset, ended: new AbortController(), isCatchingUp: false, waiting: null };
    this.#notify();
    this.#catchUp();
  }

  /** The unit has folded what was delivered. */
  ready(attempt: number): void {
    if (this.#session?.attempt === attempt) this.#session.waiting?.resolve(true);
  }

  /** The unit's attempt is over. */
  end(): void {
    const session = this.#session;
    this.#session = null;
    session?.ended.abort();
    session?.waiting?.resolve(false);
    this.#notify();
  }

  /** Takes a batch from the group's reader; resolves when the unit has folded it, or when it is let go. */
  async take({ each: records, beginOffset, endOffset, release }: IncomingBatch): Promise<void> {
    if (records === undefined) throw new RangeError("A unit's records come one by one");
    this.#beginOffset = beginOffset;
    this.endOffset = endOffset;
    const { nextOffset } = records;
    const untilMs = performance.now() + patienceMs;
    let isFolded = false;
    // Once folded it is released: an attempt that has to fold it again reads it back.
    while (!this.#isPaused && !isFolded) {
      const session = this.#session;
      if (session !== null && session.next >= nextOffset) break;
      if (session !== null && session.waiting === null && !session.isCatchingUp && session.next >= this.#readerAt) {
        const onFolded = () => {
          isFolded = true;
        };
        this.#deliver(session, this.#beginOf(records), records, release, onFolded).catch((error: unknown) =>
          this.#options.onFailed(session.attempt, error),
        );
      } else if (!(await this.#changeBefore(untilMs))) {
        break;
      }
    }
    if (nextOffset > this.#readerAt) this.#readerAt = nextOffset;
    this.#catchUp();
  }

  /** Where the reader stood; behind what was let go of before it was read, for that is no hole to pass over. */
  #beginOf({ fromOffset }: RecordsOneByOne): number {
    return Math.max(this.#readerAt, Math.min(this.#beginOffset, fromOffset));
  }

  /** Resolves true when it is folded, false when it will not be. */
  async #deliver(
    session: FeedSession,
    fromOffset: number,
    records: RecordsOneByOne,
    release?: () => void,
    onFolded?: () => void,
  ): Promise<boolean> {
    const { attempt } = session;
    const { nextOffset } = records;
    const waiting = Promise.withResolvers<boolean>();
    session.waiting = waiting;
    const beginOffset = this.#beginOffset;
    this.#options.deliver({
      attempt,
      partition: this.#options.partition,
      fromOffset,
      records,
      nextOffset,
      beginOffset,
      release,
    });
    const isFolded = await waiting.promise;
    session.waiting = null;
    if (isFolded) {
      session.next = nextOffset;
      onFolded?.();
    }
    this.#notify();
    this.#catchUp();
    return isFolded;
  }

  /** Reads back what lies between the unit's place and the reader's. */
  #catchUp(): void {
    const session = this.#session;
    if (session === null || session.isCatchingUp || session.waiting !== null) return;
    if (this.#isPaused || session.next >= this.#readerAt) return;
    session.isCatchingUp = true;
    this.#readBack(session)
      .catch((error: unknown) => {
        if (!session.ended.signal.aborted) this.#options.onFailed(session.attempt, error);
      })
      .finally(() => {
        session.isCatchingUp = false;
        this.#notify();
      });
  }

  async #readBack(session: FeedSession): Promise<void> {
    const { topic, partition, read } = this.#options;
    const { signal } = session.ended;
    while (session.next < this.#readerAt && !signal.aborted && !this.#isPaused) {
      const toOffset = this.#readerAt;
      for await (const batch of read({ topic, partition, fromOffset: session.next, toOffset, signal })) {
        const records = listedRecords(batch.records);
        if (records === null) continue;
        if (signal.aborted || this.#isPaused || !(await this.#deliver(session, session.next, records))) return;
      }
      // What is left of the range are markers.
      if (session.next < toOffset) session.next = toOffset;
    }
  }

  /** False where nothing changes in time. */
  async #changeBefore(untilMs: number): Promise<boolean> {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) return false;
    const timeout = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => timeout.resolve(false), leftMs);
    const changed = await Promise.race([this.#changed.promise.then(() => true), timeout.promise]);
    clearTimeout(timer);
    return changed;
  }

  #notify(): void {
    const changed = this.#changed;
    this.#changed = Promise.withResolvers();
    changed.resolve();
  }
}

/** What is read back, told of as what comes from the group's reader; null where there are no records. */
function listedRecords(records: readonly IncomingRecord[]): RecordsOneByOne | null {
  const [first] = records;
  const last = records.at(-1);
  if (first === undefined || last === undefined) return null;
  return {
    fromOffset: first.offset,
    nextOffset: last.offset + 1,
    [Symbol.iterator]: () => records[Symbol.iterator](),
  };
}

import type { IncomingRecord } from "../runtime/kafka/types.ts";
import type { BulkLoad } from "./bulk-load.ts";
import { BulkLoads } from "./bulk-loads.ts";
import { BulkSender, type BulkSenderOptions } from "./bulk-sender.ts";
import type { IndexDocument } from "./document.ts";
import type { Pace } from "./pace.ts";

export interface BulkLimits {
  readonly documentsMax: number;
  /** Of a request's body; a document above it goes alone. */
  readonly bytesMax: number;
  /** How long a document may wait for others. */
  readonly lingerMs: number;
  readonly requestsInFlightMax: number;
}

export interface BulkWriterOptions<Ticket> extends BulkSenderOptions<Ticket> {
  readonly limits: BulkLimits;
  /** Called once when nothing can be stored any more; `room` and `drain` reject with the same error. */
  readonly onFailed: (error: Error) => void;
}

/**
 * Writes documents to OpenSearch by bulk requests bounded in documents, bytes, time and number. There are never more loads than requests are allowed
 * at a time, and what cannot be stored now stays in its load (D5): so a full writer is what slows the reader, and memory has a bound. Order does not
 * matter, since versions are external (D4).
 */
export class BulkWriter<Ticket> {
  readonly #options: BulkWriterOptions<Ticket>;
  readonly #abandoned = new AbortController();
  readonly #sender: BulkSender<Ticket>;
  readonly #loads: BulkLoads<Ticket>;
  #open: BulkLoad<Ticket> | null = null;
  #due = false;
  #linger: NodeJS.Timeout | undefined;
  #loadsUnderWay = 0;
  #failure: Error | null = null;
  #waiters: (() => void)[] = [];

  constructor(options: BulkWriterOptions<Ticket>) {
    this.#options = options;
    this.#sender = new BulkSender(options, this.#abandoned.signal);
    this.#loads = new BulkLoads(options.limits, options.limits.requestsInFlightMax + 1);
  }

  get requestsInFlight(): number {
    return this.#sender.requestsInFlight;
  }

  /** How much is asked of OpenSearch at a time, now. */
  get pace(): Pace {
    return this.#sender.pace;
  }

  /** Takes a document, or returns false where there is no room for it now: then wait for `room`. */
  offer(document: IndexDocument, record: IncomingRecord, ticket: Ticket): boolean {
    if (this.#open?.add(document, record, ticket) !== true) {
      if (this.#open !== null) this.#flush();
      if (this.#open !== null || this.#failure !== null) return false;
      this.#open = this.#loads.take(document, record);
      this.#open.add(document, record, ticket);
      this.#linger = setTimeout(() => this.#flush(), this.#options.limits.lingerMs);
    }
    if (this.#open.isFull) this.#flush();
    return true;
  }

  /** Resolves when a document may be offered again, or at a `nudge`. @throws what the writer failed with */
  async room(): Promise<void> {
    if (this.#failure === null) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    if (this.#failure !== null) throw this.#failure;
  }

  /** Lets everyone who waits look again at what they wait for. */
  nudge(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  /** Sends what is waiting and resolves when every document is settled. @throws what the writer failed with */
  async drain(): Promise<void> {
    while (this.#failure === null && (this.#open !== null || this.#loadsUnderWay > 0)) {
      if (this.#open !== null) this.#flush();
      await this.room();
    }
    if (this.#failure !== null) throw this.#failure;
  }

  /** Gives up: nothing is sent again, and what is not settled never will be. */
  abandon(): void {
    clearTimeout(this.#linger);
    this.#open = null;
    this.#failure ??= new Error("The writer was abandoned.");
    this.#abandoned.abort();
    this.nudge();
  }

  #flush(): void {
    this.#due = true;
    this.#launch();
  }

  #launch(): void {
    const load = this.#open;
    if (!this.#due || load === null || this.#loadsUnderWay >= this.#options.limits.requestsInFlightMax) return;
    if (this.#failure !== null || this.#abandoned.signal.aborted) return;
    this.#open = null;
    this.#due = false;
    clearTimeout(this.#linger);
    this.#loadsUnderWay += 1;
    this.#sender
      .sendAll(load)
      .then((isClean) => {
        if (isClean) this.#loads.giveBack(load);
      })
      .catch((error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        this.#loadsUnderWay -= 1;
        this.#launch();
        this.nudge();
      });
    this.nudge();
  }

  #fail(error: Error): void {
    if (this.#failure !== null || this.#abandoned.signal.aborted) return;
    this.#failure = error;
    this.#options.onFailed(error);
    this.nudge();
  }
}

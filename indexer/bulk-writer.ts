import type { PipelineError } from "../domain/errors.ts";
import type { Backoff } from "../runtime/clock/backoff.ts";
import { OpenSearchFault } from "../runtime/opensearch/fault.ts";
import type { BulkItem } from "../runtime/opensearch/types.ts";
import { waitMs } from "./backoff.ts";
import { type BulkEntry, type Settled, sortAnswer } from "./bulk-answer.ts";
import { actionLine, bulkBody, bulkBytes } from "./bulk-body.ts";
import type { IndexDocument } from "./document.ts";

export interface BulkLimits {
  readonly documentsMax: number;
  /** Of a request's body; a document above it goes alone. */
  readonly bytesMax: number;
  /** How long a document may wait for others. */
  readonly lingerMs: number;
  readonly requestsInFlightMax: number;
}

export interface BulkWriterOptions<Ticket> {
  readonly limits: BulkLimits;
  readonly backoff: Backoff;
  readonly send: (body: Buffer) => Promise<readonly BulkItem[]>;
  /** Told each document exactly once, unless the writer fails or is abandoned. The request's place is held until it resolves. */
  readonly onSettled: (settled: readonly Settled<Ticket>[]) => Promise<void>;
  /** Told of each wait before documents are sent again. */
  readonly onRetry: (retry: {
    readonly documents: number;
    readonly attempt: number;
    readonly fault: PipelineError;
  }) => void;
  /** Called once when nothing can be stored any more; `room` and `drain` reject with the same error. */
  readonly onFailed: (error: Error) => void;
  readonly random: () => number;
  /** Resolves after a time, or at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What must be sent again, and why. */
interface Again<Ticket> {
  readonly items: readonly BulkEntry<Ticket>[];
  readonly fault: PipelineError;
}

/**
 * Writes documents to OpenSearch by bulk requests bounded in documents, bytes, time and number. What cannot be stored now
 * is sent again, for ever (D5), and holds its place among the requests in flight: so a full writer is what slows the reader.
 * Order does not matter, since versions are external (D4).
 */
export class BulkWriter<Ticket> {
  readonly #options: BulkWriterOptions<Ticket>;
  readonly #abandoned = new AbortController();
  #open: BulkEntry<Ticket>[] = [];
  #openBytes = 0;
  #due = false;
  #linger: NodeJS.Timeout | undefined;
  #inFlight = 0;
  #failure: Error | null = null;
  #waiters: (() => void)[] = [];

  constructor(options: BulkWriterOptions<Ticket>) {
    this.#options = options;
  }

  get requestsInFlight(): number {
    return this.#inFlight;
  }

  /** Takes a document, or returns false where there is no room for it now: then wait for `room`. */
  offer(document: IndexDocument, ticket: Ticket): boolean {
    const action = actionLine(document);
    const bytes = bulkBytes(document, action);
    const { documentsMax, bytesMax, lingerMs } = this.#options.limits;
    if (this.#open.length > 0 && (this.#open.length >= documentsMax || this.#openBytes + bytes > bytesMax)) {
      this.#due = true;
      this.#launch();
      if (this.#open.length > 0 || this.#failure !== null) return false;
    }
    this.#open.push({ document, action, bytes, ticket });
    this.#openBytes += bytes;
    if (this.#open.length >= documentsMax || this.#openBytes >= bytesMax) this.#flush();
    else if (this.#open.length === 1) this.#linger = setTimeout(() => this.#flush(), lingerMs);
    return true;
  }

  /** Resolves when a document may be offered again. @throws what the writer failed with */
  async room(): Promise<void> {
    if (this.#failure === null) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    if (this.#failure !== null) throw this.#failure;
  }

  /** Sends what is waiting and resolves when every document is settled. @throws what the writer failed with */
  async drain(): Promise<void> {
    while (this.#failure === null && (this.#open.length > 0 || this.#inFlight > 0)) {
      if (this.#open.length > 0) this.#flush();
      await this.room();
    }
    if (this.#failure !== null) throw this.#failure;
  }

  /** Gives up: nothing is sent again, and what is not settled never will be. */
  abandon(): void {
    clearTimeout(this.#linger);
    this.#open = [];
    this.#failure ??= new Error("The writer was abandoned.");
    this.#abandoned.abort();
    this.#wake();
  }

  #flush(): void {
    this.#due = true;
    this.#launch();
  }

  #launch(): void {
    const { requestsInFlightMax } = this.#options.limits;
    if (!this.#due || this.#open.length === 0 || this.#inFlight >= requestsInFlightMax) return;
    if (this.#failure !== null || this.#abandoned.signal.aborted) return;
    const items = this.#open;
    this.#open = [];
    this.#openBytes = 0;
    this.#due = false;
    clearTimeout(this.#linger);
    this.#inFlight += 1;
    this.#write(items)
      .catch((error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        this.#inFlight -= 1;
        this.#launch();
        this.#wake();
      });
    this.#wake();
  }

  #fail(error: Error): void {
    if (this.#failure !== null || this.#abandoned.signal.aborted) return;
    this.#failure = error;
    this.#options.onFailed(error);
    this.#wake();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  /** Sends items until each is settled. */
  async #write(items: readonly BulkEntry<Ticket>[]): Promise<void> {
    let left = items;
    for (let attempt = 1; !this.#abandoned.signal.aborted; attempt += 1) {
      const again = await this.#attempt(left).catch((error: unknown) => this.#ofFailure(left, error));
      if (again === null) return;
      if (again.items.length < left.length) attempt = 1;
      left = again.items;
      this.#options.onRetry({ documents: left.length, attempt, fault: again.fault });
      await this.#options.sleep(waitMs(attempt, this.#options.backoff, this.#options.random), this.#abandoned.signal);
    }
  }

  /** What to do where a request failed as a whole. */
  async #ofFailure(items: readonly BulkEntry<Ticket>[], error: unknown): Promise<Again<Ticket> | null> {
    if (!(error instanceof OpenSearchFault)) throw error;
    if (error.retriable) return { items, fault: error };
    if (error.status !== tooLarge) throw error;
    const [only] = items;
    if (items.length > 1) {
      const half = items.length >> 1;
      await this.#write(items.slice(0, half));
      await this.#write(items.slice(half));
    } else if (only !== undefined) {
      const { ticket, document } = only;
      await this.#options.onSettled([{ ticket, document, outcome: "rejected", detail: error.message }]);
    }
    return null;
  }

  /** One request. Returns what must be sent again and why, or null. */
  async #attempt(items: readonly BulkEntry<Ticket>[]): Promise<Again<Ticket> | null> {
    const { settled, again, fault, stop } = sortAnswer(items, await this.#options.send(bulkBody(items)));
    if (settled.length > 0) await this.#options.onSettled(settled);
    if (stop !== null) throw stop;
    return fault === null ? null : { items: again, fault };
  }
}

/** A body of this size will not be taken: it goes as two halves, and a single document is rejected. */
const tooLarge = 413;

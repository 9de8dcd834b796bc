import { actionLine, bulkBytes } from "./bulk-body.ts";
import { BulkLoad } from "./bulk-load.ts";
import { BulkRooms } from "./bulk-rooms.ts";
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
  readonly #rooms: BulkRooms;
  #open: { readonly load: BulkLoad<Ticket>; readonly room: Buffer } | null = null;
  #due = false;
  #linger: NodeJS.Timeout | undefined;
  #loads = 0;
  #failure: Error | null = null;
  #waiters: (() => void)[] = [];

  constructor(options: BulkWriterOptions<Ticket>) {
    const { bytesMax, requestsInFlightMax } = options.limits;
    this.#options = options;
    this.#sender = new BulkSender(options, this.#abandoned.signal);
    this.#rooms = new BulkRooms(bytesMax, requestsInFlightMax + 1);
  }

  get requestsInFlight(): number {
    return this.#sender.requestsInFlight;
  }

  /** How much is asked of OpenSearch at a time, now. */
  get pace(): Pace {
    return this.#sender.pace;
  }

  /** Takes a document, or returns false where there is no room for it now: then wait for `room`. */
  offer(document: IndexDocument, ticket: Ticket): boolean {
    const action = actionLine(document);
    const bytes = bulkBytes(document, action);
    const { documentsMax, bytesMax, lingerMs } = this.#options.limits;
    const gathered = this.#open?.load;
    if (gathered !== undefined && (gathered.entries.length >= documentsMax || gathered.bytes + bytes > bytesMax)) {
      this.#flush();
      if (this.#open !== null || this.#failure !== null) return false;
    }
    if (this.#open === null) {
      const room = this.#rooms.take(bytes);
      this.#open = { load: new BulkLoad(room), room };
      this.#linger = setTimeout(() => this.#flush(), lingerMs);
    }
    const { load } = this.#open;
    load.add(document, action, ticket);
    if (load.entries.length >= documentsMax || load.bytes >= bytesMax) this.#flush();
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
    while (this.#failure === null && (this.#open !== null || this.#loads > 0)) {
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
    const open = this.#open;
    if (!this.#due || open === null || this.#loads >= this.#options.limits.requestsInFlightMax) return;
    if (this.#failure !== null || this.#abandoned.signal.aborted) return;
    this.#open = null;
    this.#due = false;
    clearTimeout(this.#linger);
    this.#loads += 1;
    this.#sender
      .sendAll(open.load)
      .then((isClean) => {
        if (isClean) this.#rooms.giveBack(open.room);
      })
      .catch((error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        this.#loads -= 1;
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

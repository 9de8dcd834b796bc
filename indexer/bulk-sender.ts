import type { PipelineError } from "../domain/errors.ts";
import type { Backoff } from "../runtime/clock/backoff.ts";
import { OpenSearchFault } from "../runtime/opensearch/fault.ts";
import type { BulkItem } from "../runtime/opensearch/types.ts";
import { waitMs } from "./backoff.ts";
import { type Settled, sortAnswer } from "./bulk-answer.ts";
import type { BulkLoad } from "./bulk-load.ts";
import { fullPace, nextPace, type Pace, type PaceLimits, type RequestEnd } from "./pace.ts";

export interface BulkSenderOptions<Ticket> {
  readonly limits: PaceLimits;
  readonly backoff: Backoff;
  readonly send: (body: Buffer) => Promise<readonly BulkItem[]>;
  /** Told each document exactly once, unless the load is given up. The load is not done before it resolves. */
  readonly onSettled: (load: BulkLoad<Ticket>, settled: Settled) => Promise<void>;
  /** Told of each wait before documents are sent again. */
  readonly onRetry: (retry: {
    readonly documents: number;
    readonly attempt: number;
    readonly fault: PipelineError;
  }) => void;
  readonly random: () => number;
  /** Milliseconds from some moment on. */
  readonly nowMs: () => number;
  /** Resolves after a time, or at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What became of one request. */
interface Answered {
  /** The places of what is not settled: to be sent again. */
  readonly again: readonly number[];
  /** Why; null where nothing is to be sent again. */
  readonly fault: PipelineError | null;
}

/**
 * Sends loads until each of their documents is settled, for ever if need be (D5), in as many requests at a time and of such a size as OpenSearch
 * can take (`nextPace`). A load waits for its turn, and between its attempts; others go on meanwhile.
 */
export class BulkSender<Ticket> {
  readonly #options: BulkSenderOptions<Ticket>;
  readonly #signal: AbortSignal;
  #pace: Pace;
  #underWay = 0;
  #turns: (() => void)[] = [];

  /** @param signal gives everything up: what is not settled then never will be */
  constructor(options: BulkSenderOptions<Ticket>, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#pace = fullPace(options.limits);
    signal.addEventListener("abort", () => this.#wake(), { once: true });
  }

  get requestsInFlight(): number {
    return this.#underWay;
  }

  get pace(): Pace {
    return this.#pace;
  }

  /**
   * Resolves when all of a load is settled, or given up: to true where no socket can still be reading its bytes.
   * @throws PipelineError that no repetition can mend
   */
  async sendAll(load: BulkLoad<Ticket>): Promise<boolean> {
    return this.#sendAll(load, load.places());
  }

  async #sendAll(load: BulkLoad<Ticket>, places: readonly number[]): Promise<boolean> {
    let left = places;
    let attempt = 0;
    let isClean = true;
    while (left.length > 0) {
      if (!(await this.#turn())) return false;
      const size = this.#pace.documentsPerRequest;
      const part = left.length <= size ? left : left.slice(0, size);
      const rest = left.slice(part.length);
      const { again, fault } = await this.#request(load, part).catch((error: unknown) => {
        isClean = false;
        return this.#ofFailure(load, part, error);
      });
      // What is held up comes last, so that it holds up nothing else.
      left = [...rest, ...again];
      if (again.length < part.length) attempt = 0;
      if (fault === null) continue;
      attempt += 1;
      this.#options.onRetry({ documents: again.length, attempt, fault });
      await this.#options.sleep(waitMs(attempt, this.#options.backoff, this.#options.random), this.#signal);
    }
    return isClean;
  }

  /** One request; its turn ends with the answer. */
  async #request(load: BulkLoad<Ticket>, part: readonly number[]): Promise<Answered> {
    const { send, onSettled, nowMs } = this.#options;
    const { eased } = this.#pace;
    const startedMs = nowMs();
    const answer = await send(load.body(part)).catch((error: unknown) => {
      this.#over({ kind: kindOf(error), tookMs: nowMs() - startedMs, eased });
      throw error;
    });
    const { settled, again, fault, isBusy, stop } = sortAnswer(load, part, answer);
    this.#over({ kind: isBusy ? "busy" : "taken", tookMs: nowMs() - startedMs, eased });
    if (again.length < part.length) await onSettled(load, settled);
    if (stop !== null) throw stop;
    return { again, fault };
  }

  #over(end: RequestEnd): void {
    this.#underWay -= 1;
    this.#pace = nextPace(this.#pace, end, this.#options.limits);
    this.#wake();
  }

  /** What to do where a request failed as a whole. */
  async #ofFailure(load: BulkLoad<Ticket>, part: readonly number[], error: unknown): Promise<Answered> {
    if (!(error instanceof OpenSearchFault)) throw error;
    if (error.retriable) return { again: part, fault: error };
    if (error.status !== tooLarge) throw error;
    const [only] = part;
    if (part.length > 1) {
      const half = part.length >> 1;
      await this.#sendAll(load, part.slice(0, half));
      await this.#sendAll(load, part.slice(half));
    } else if (only !== undefined) {
      const rejected = [{ place: only, detail: error.message }];
      await this.#options.onSettled(load, { stored: [], alreadyApplied: [], rejected });
    }
    return { again: [], fault: null };
  }

  /** Resolves to true when one more request may be under way, and counts it; to false when all is given up. */
  async #turn(): Promise<boolean> {
    while (this.#underWay >= this.#pace.requestsAtOnce && !this.#signal.aborted) {
      await new Promise<void>((resolve) => this.#turns.push(resolve));
    }
    if (this.#signal.aborted) return false;
    this.#underWay += 1;
    return true;
  }

  #wake(): void {
    const turns = this.#turns;
    this.#turns = [];
    for (const resolve of turns) resolve();
  }
}

/** A refusal for too much is news of the load; every other failure is of the node, or of what stands in front of it. */
function kindOf(error: unknown): RequestEnd["kind"] {
  if (!(error instanceof OpenSearchFault) || error.type === "cluster_block_exception") return "away";
  if (error.status === tooMany) return "busy";
  return error.status === tooLarge ? "taken" : "away";
}

/** A body of this size will not be taken: it goes as two halves, and a single document is rejected. */
const tooLarge = 413;
const tooMany = 429;

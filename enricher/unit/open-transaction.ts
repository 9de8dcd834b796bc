import type { Outbox } from "./outbox.ts";

/** When a transaction is committed although more waits to be folded. */
export interface CommitBounds {
  readonly ms: number;
  /** Raw records. */
  readonly records: number;
  /** Bytes of outputs. */
  readonly bytes: number;
}

/** How large the transaction under way has become. */
export class OpenTransaction {
  readonly #bounds: CommitBounds;
  readonly #startedMs: number;
  #records = 0;
  #bytes = 0;

  constructor(bounds: CommitBounds, nowMs: number) {
    this.#bounds = bounds;
    this.#startedMs = nowMs;
  }

  /** How many more raw records it takes. */
  get roomRecords(): number {
    return this.#bounds.records - this.#records;
  }

  add(rawRecords: number, outbox: Outbox): void {
    this.#records += rawRecords;
    this.#bytes += outbox.bytes;
  }

  isFull(nowMs: number): boolean {
    return this.roomRecords <= 0 || this.#bytes >= this.#bounds.bytes || nowMs - this.#startedMs >= this.#bounds.ms;
  }
}

import type { EventTime } from "../domain/time/event-time.ts";

/** What is known of the way to Kafka: marks grow, and stand for all that was accepted before. */
export interface Acknowledgements {
  /** Null while something accepted has no place yet, because it waits for references. */
  mark(): number | null;
  isAcknowledged(mark: number): boolean;
}

/**
 * From when on messages would be missing if this process ended now: the newest event time of which everything accepted before is acknowledged by
 * Kafka. With the right to write the raw log alone a producer cannot ask the log where it stopped, so that it must remember.
 */
export class RestartPosition {
  #candidate: { readonly time: EventTime; readonly mark: number } | null = null;

  /** The position to keep, if it has moved. To be asked regularly: each time is looked at only when the one before is safe. */
  next(newest: EventTime | null, acknowledgements: Acknowledgements): EventTime | null {
    const candidate = this.#candidate;
    if (candidate !== null && !acknowledgements.isAcknowledged(candidate.mark)) return null;
    const mark = acknowledgements.mark();
    this.#candidate = newest === null || mark === null ? null : { time: newest, mark };
    return candidate?.time ?? null;
  }
}

import type { FeedMessage } from "./feed.ts";

/** How fast a feed is played: so many times real time, by the messages' own times, or as fast as clients take it. */
export type Speed = number | "max";

/** A jump forward of more than this must be confirmed by the next message, so that one absurd time does not stall the feed. */
const unconfirmedJumpMs = 60_000;

/**
 * Says when messages are due. The first timed message is due at once; from then on time runs `speed` times as fast as the wall clock.
 * A message older than one before it, or without a readable time, is due with its predecessor.
 */
export class Pacing {
  readonly #speed: Speed;
  readonly #startedAtMs: number;
  #firstMs: number | null = null;
  #reachedMs = Number.NEGATIVE_INFINITY;

  constructor(speed: Speed, nowMs: number) {
    this.#speed = speed;
    this.#startedAtMs = nowMs;
  }

  /** Wall-clock times, ascending, at which the messages of the next batch are due. */
  dueTimes(batch: readonly FeedMessage[]): Float64Array {
    const due = new Float64Array(batch.length);
    if (this.#speed === "max") return due;
    for (let index = 0; index < batch.length; index += 1) {
      const timeMs = batch[index]?.eventTimeMs ?? null;
      if (timeMs !== null && this.#counts(timeMs, nextTime(batch, index))) {
        this.#firstMs ??= timeMs;
        this.#reachedMs = Math.max(this.#reachedMs, timeMs);
      }
      due[index] =
        this.#firstMs === null
          ? this.#startedAtMs
          : this.#startedAtMs + (this.#reachedMs - this.#firstMs) / this.#speed;
    }
    return due;
  }

  #counts(timeMs: number, nextMs: number | null): boolean {
    if (timeMs - this.#reachedMs <= unconfirmedJumpMs) return true;
    return nextMs === null ? this.#firstMs === null : nextMs >= timeMs - unconfirmedJumpMs;
  }
}

function nextTime(batch: readonly FeedMessage[], index: number): number | null {
  for (let next = index + 1; next < batch.length; next += 1) {
    const timeMs = batch[next]?.eventTimeMs ?? null;
    if (timeMs !== null) return timeMs;
  }
  return null;
}

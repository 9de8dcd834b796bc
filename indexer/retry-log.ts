import type { PipelineError } from "../domain/errors.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import type { Log } from "../runtime/log/log.ts";

const warnEveryMs = 10_000;

/** Tells the log that OpenSearch is waited for and that it is back, at a bounded rate: an outage makes many attempts. */
export class RetryLog {
  readonly #log: Log;
  readonly #clock: Clock;
  #waitingSinceMs: number | null = null;
  #warnedAtMs = Number.NEGATIVE_INFINITY;
  #warned = false;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  waiting(fault: PipelineError, fields: { readonly attempt: number; readonly documents?: number }): void {
    const nowMs = this.#clock.nowMicros() / 1000;
    this.#waitingSinceMs ??= nowMs;
    if (nowMs - this.#warnedAtMs < warnEveryMs) return;
    this.#warnedAtMs = nowMs;
    this.#warned = true;
    this.#log.warn(`waiting for OpenSearch, nothing is lost: ${fault.line}`, fields);
  }

  succeeded(): void {
    if (this.#warned && this.#waitingSinceMs !== null) {
      this.#log.info("OpenSearch takes documents again", {
        waitedMs: Math.round(this.#clock.nowMicros() / 1000 - this.#waitingSinceMs),
      });
    }
    this.#waitingSinceMs = null;
    this.#warned = false;
  }
}

import { PipelineError } from "../../../domain/errors.ts";
import { backoffMs } from "../../../runtime/clock/backoff.ts";

export interface Patience {
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Together about a minute: a node that is restarted is waited for. */
const attemptsMax = 12;
const backoff = { firstMs: 200, maxMs: 10_000 };

/** Tries again what may succeed later with nothing changed. @throws what it failed with last */
export async function patiently<T>(work: () => Promise<T>, { sleep, signal }: Patience): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PipelineError) || !error.retriable || attempt === attemptsMax) throw error;
      await sleep(backoffMs(attempt, backoff), signal);
    }
  }
}

import { setTimeout as sleep } from "node:timers/promises";

/** What `within` gives for work that took too long. */
export const tooLate = Symbol("too late");

/** What the work resolves to, or `tooLate` once the bound has passed; the work itself goes on. Rejects as the work does. */
export async function within<T>(work: Promise<T>, boundMs: number): Promise<T | typeof tooLate> {
  const done = new AbortController();
  const bound = sleep(boundMs, tooLate, { signal: done.signal });
  // Aborted when the race is over, so that no timer is left.
  bound.catch(() => undefined);
  try {
    return await Promise.race([work, bound]);
  } finally {
    done.abort();
  }
}

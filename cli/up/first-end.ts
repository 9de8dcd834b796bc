/** What can end a run. */
export interface Ends {
  /** Resolves when the run is told to stop. */
  readonly stopped: Promise<void>;
  /** Reject when a part of it fails. */
  readonly failures: readonly Promise<never>[];
  /** Watches for the run's own end until the signal comes; null where it has none. */
  readonly end: ((signal: AbortSignal) => Promise<void>) | null;
}

/**
 * Resolves at the first end of a run, or rejects with its first failure. The watch for its own end is over by then: left alone it would go on asking,
 * and keep a process alive whose run has failed.
 */
export async function firstEnd({ stopped, failures, end }: Ends): Promise<void> {
  const over = new AbortController();
  const ended = end?.(over.signal) ?? new Promise<never>(() => {});
  // Stopping in the middle of a pause is no failure: something else has won the race by then.
  ended.catch(() => {});
  try {
    await Promise.race([stopped, ended, ...failures]);
  } finally {
    over.abort();
  }
}

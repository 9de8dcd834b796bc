/** Waits between attempts: from `firstMs` to `maxMs`, each longer by the same factor. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Default: 2. */
  readonly factor?: number;
}

/** Milliseconds to wait after so many failures in a row (1 is the first). */
export function backoffMs(failures: number, { firstMs, maxMs, factor = 2 }: Backoff): number {
  return Math.min(maxMs, firstMs * factor ** Math.min(failures - 1, 30));
}

/** Waits between attempts: doubling from `firstMs` to `maxMs`, each drawn from its upper half so that writers spread out. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const defaultBackoff: Backoff = { firstMs: 100, maxMs: 10_000 };

/** Milliseconds to wait before attempt `attempt` (1 is the first repetition). `random` gives [0, 1). */
export function waitMs(attempt: number, { firstMs, maxMs }: Backoff, random: () => number): number {
  const whole = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return whole / 2 + (whole / 2) * random();
}

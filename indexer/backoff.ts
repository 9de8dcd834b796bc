import { type Backoff, backoffMs } from "../runtime/clock/backoff.ts";

export const defaultBackoff: Backoff = { firstMs: 100, maxMs: 10_000 };

/** Milliseconds to wait before attempt `attempt` (1 is the first repetition), drawn from the upper half so that writers spread out. `random` gives [0, 1). */
export function waitMs(attempt: number, backoff: Backoff, random: () => number): number {
  const whole = backoffMs(attempt, backoff);
  return whole / 2 + (whole / 2) * random();
}

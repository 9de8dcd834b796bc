import { backoffMs } from "../clock/backoff.ts";

const young = { firstMs: 100, factor: 1.4 };

/**
 * The pauses between the heartbeats of one generation, milliseconds: short at first, then `maxMs`. Members start together and come one after the other:
 * who has just joined is soon to join again, and learns of it by a heartbeat alone.
 */
export function* heartbeatPauses(maxMs: number): Generator<number, never> {
  for (let beat = 1; ; beat++) yield backoffMs(beat, { ...young, maxMs });
}

import type { Mood } from "./quotes.ts";
import type { Random } from "./random.ts";
import type { SessionCycle } from "./session-cycle.ts";

/** How lively the market is at a moment. */
export interface Liveliness extends Mood {
  /** Multiplies the number of messages. */
  readonly rate: number;
  /** Multiplies the movement of prices. */
  readonly pace: number;
}

const openingMs = 5 * 60_000;
const closingMs = 10 * 60_000;
const burstEveryMs = 45_000;
const burstFactor = 5;

/** Knows the hour's liveliness, and now and then lets a burst of messages come. */
export class MarketMood {
  readonly #random: Random;
  #burstUntilMs = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  at(nowMs: number, cycle: SessionCycle, tickMs: number): Liveliness {
    if (this.#random.chance(tickMs / burstEveryMs)) this.#burstUntilMs = nowMs + 500 + this.#random.below(2500);
    const burst = nowMs < this.#burstUntilMs ? burstFactor : 1;
    if (!cycle.isRegularHours) return { isRegularHours: false, spread: 3, rate: 0.5 * burst, pace: 0.5 };
    const sinceOpenMs = nowMs - cycle.session.openSeconds * 1000;
    const untilCloseMs = cycle.session.closeSeconds * 1000 - nowMs;
    const opening = Math.max(0, 1 - sinceOpenMs / openingMs);
    const rate = 1 + 2 * opening + (untilCloseMs < closingMs ? 1 : 0);
    return { isRegularHours: true, spread: 1 + 3 * opening, rate: rate * burst, pace: 1 + opening };
  }
}

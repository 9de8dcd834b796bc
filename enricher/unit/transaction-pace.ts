/** Weight of the newest in the mean: twenty transactions, a fraction of a second. */
const newest = 0.1;
const gatheringPerTransaction = 1.6;
/** A cluster whose transactions take long because it is far away is not helped by waiting. */
const gatherMsMax = 10;

/**
 * How long records gather before the next transaction of a thread's units. A transaction costs the broker and us some fifteen requests' work, however few
 * records it holds: where machines are busy, each takes longer, and fewer of them are what helps. So there is a pause after each, longer than it took itself.
 */
export class TransactionPace {
  #meanMs = 3;

  /** @param ms from its first record to the answer that it is committed */
  took(ms: number): void {
    this.#meanMs += (ms - this.#meanMs) * newest;
  }

  get gatherMs(): number {
    return Math.min(gatherMsMax, gatheringPerTransaction * this.#meanMs);
  }
}

/** Weight of the newest in the mean: twenty transactions, a fraction of a second. */
const newest = 0.1;
const gatheringPerTransaction = 3;
/** A cluster whose transactions take long because it is far away is not helped by waiting. */
const gatherMsMax = 25;

/**
 * How long records gather, from one answer of the broker to the next fetch: three times as long as the transaction takes that the answer begins. A transaction is six requests,
 * and what the broker makes of them, however few records it holds: milliseconds of processor time on either side. Where machines are busy each takes longer, and fewer of them are what helps.
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

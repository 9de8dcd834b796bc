import { sectorCount } from "./listing.ts";
import type { Random } from "./random.ts";
import type { Stock } from "./stock.ts";

// Standard deviations of the logarithm of the price over one second; together about 2.5 percent over a session.
const marketSigma = 0.00006;
const sectorSigma = 0.00005;
const ownSigma = 0.00012;
/** How slowly prices are pulled back to where they began: within some weeks. */
const pullMs = 20 * 86_400_000;
/** A longer time without a move (a halt, a skipped night) moves a price no further than this one. */
const moveMsMax = 60_000;

/** Correlated random walks: one factor for the whole market, one for each sector, and each stock's own. */
export class PriceProcess {
  readonly #random: Random;
  #market = 0;
  readonly #sectors = new Float64Array(sectorCount);

  constructor(random: Random) {
    this.#random = random;
  }

  /** Moves what stocks have in common. @param pace 1 in regular hours, less outside them */
  moveFactors(elapsedMs: number, pace: number): void {
    this.#market = this.#step(this.#market, marketSigma, elapsedMs, pace);
    for (let sector = 0; sector < sectorCount; sector += 1) {
      this.#sectors[sector] = this.#step(this.#sectors[sector] ?? 0, sectorSigma, elapsedMs, pace);
    }
  }

  /** Moves one stock to a moment, and works out its mid. */
  moveStock(stock: Stock, atMs: number, pace: number): void {
    const elapsedMs = Math.min(moveMsMax, atMs - stock.movedAtMs);
    stock.movedAtMs = atMs;
    stock.logPrice = stock.logAnchor + this.#step(stock.logPrice - stock.logAnchor, ownSigma, elapsedMs, pace);
    stock.mid = Math.exp(stock.logPrice + this.#common(stock));
  }

  /** Puts a stock at a price, in dollars. */
  setPrice(stock: Stock, price: number): void {
    stock.logPrice = Math.log(price) - this.#common(stock);
    stock.mid = price;
  }

  #common(stock: Stock): number {
    return stock.listing.beta * this.#market + (this.#sectors[stock.listing.sector] ?? 0);
  }

  #step(value: number, sigma: number, elapsedMs: number, pace: number): number {
    if (elapsedMs <= 0) return value;
    return value * (1 - elapsedMs / pullMs) + sigma * pace * Math.sqrt(elapsedMs / 1000) * this.#random.normal();
  }
}

/** Open, high, low, close and volume of the trades so far. Prices in dollars. */
export interface BarFigures {
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly n: number;
  readonly vw: number;
}

/** Folds trades into one bar. */
export class BarBuilder {
  #open = 0;
  #high = 0;
  #low = Number.POSITIVE_INFINITY;
  #close = 0;
  #volume = 0;
  #value = 0;
  #count = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Counts a trade; an odd lot counts for volume only, but for a bar's first trade. */
  add(price: number, size: number): void {
    if (this.#count === 0 || size >= 100) {
      if (this.#count === 0) this.#open = price;
      this.#high = Math.max(this.#high, price);
      this.#low = Math.min(this.#low, price);
      this.#close = price;
    }
    this.#volume += size;
    this.#value += price * size;
    this.#count += 1;
  }

  figures(): BarFigures {
    const vw = Math.round((this.#value / Math.max(1, this.#volume)) * 1e6) / 1e6;
    return {
      o: this.#open,
      h: this.#high,
      l: this.#low,
      c: this.#close,
      v: this.#volume,
      n: this.#count,
      vw,
    };
  }
}

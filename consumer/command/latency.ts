const samplesMax = 4096;

/** The latest few thousand delays, for percentiles; older ones are forgotten. */
export class LatencyWindow {
  readonly #samplesMs = new Float64Array(samplesMax);
  #count = 0;

  add(delayMs: number): void {
    this.#samplesMs[this.#count % samplesMax] = delayMs;
    this.#count++;
  }

  /** Milliseconds, by the nearest rank; undefined where nothing was measured. */
  percentile(percent: number): number | undefined {
    const sorted = this.#samplesMs.slice(0, Math.min(this.#count, samplesMax)).sort();
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  }
}

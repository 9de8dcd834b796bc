/** Counts connections by stream path: most plans allow one each (406). */
export class ConnectionSlots {
  readonly #limit: number;
  readonly #holdMs: number;
  readonly #taken = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();

  /** @param holdMs how long a dropped socket keeps its slot: about 90 s at Alpaca */
  constructor(limit: number, holdMs: number) {
    this.#limit = limit;
    this.#holdMs = holdMs;
  }

  /** False where none is free. */
  take(path: string): boolean {
    const taken = this.#taken.get(path) ?? 0;
    if (taken >= this.#limit) return false;
    this.#taken.set(path, taken + 1);
    return true;
  }

  /** Frees a slot: at once after a proper close, later where the socket dropped. */
  release(path: string, dropped: boolean): void {
    if (!dropped || this.#holdMs === 0) {
      this.#free(path);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#free(path);
    }, this.#holdMs);
    this.#timers.add(timer);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #free(path: string): void {
    this.#taken.set(path, Math.max(0, (this.#taken.get(path) ?? 0) - 1));
  }
}

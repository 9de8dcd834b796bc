const minuteMs = 60_000;

/** Alpaca's limit: so many requests a minute and key, counted in fixed minutes. */
export class RateLimit {
  readonly #perMinute: number;
  #minute = 0;
  #used = 0;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Counts one request; `allowed` is false for the one that is too many (429). */
  take(nowMs: number): { readonly allowed: boolean; readonly headers: Readonly<Record<string, string>> } {
    const minute = Math.floor(nowMs / minuteMs);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#used = 0;
    }
    const allowed = this.#used < this.#perMinute;
    if (allowed) this.#used += 1;
    return {
      allowed,
      headers: {
        "X-RateLimit-Limit": String(this.#perMinute),
        "X-RateLimit-Remaining": String(this.#perMinute - this.#used),
        "X-RateLimit-Reset": String(((minute + 1) * minuteMs) / 1000),
      },
    };
  }
}

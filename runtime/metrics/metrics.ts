/**
 * A stage's figures. Whoever makes a figure says of which kind it is, for each kind is joined and told in its own way. Names are camelCase with the
 * unit last; one with a dot is a part of the figure before the dot.
 */
export interface Figures {
  /** What has been done since the start: they only grow. */
  readonly counts: Readonly<Record<string, number>>;
  /** How it is now. */
  readonly gauges: Readonly<Record<string, number>>;
  /** The furthest time that something has reached, microseconds since the epoch. */
  readonly moments: Readonly<Record<string, number>>;
}

/** Keeps a stage's figures. */
export class Metrics {
  readonly #counts = new Map<string, { count: number }>();
  readonly #gauges = new Map<string, number>();
  readonly #moments = new Map<string, number>();

  /** Counts on. */
  add(name: string, count = 1): void {
    const known = this.#counts.get(name);
    if (known === undefined) this.#counts.set(name, { count });
    else known.count += count;
  }

  /** Adds what another has counted; its gauges and moments stay its own. */
  addCounts(other: Metrics): void {
    for (const [name, { count }] of other.#counts) this.add(name, count);
  }

  /** Sets a gauge. */
  set(name: string, value: number): void {
    this.#gauges.set(name, value);
  }

  /** Moves a moment, never back. */
  reach(name: string, micros: number): void {
    this.#moments.set(name, Math.max(this.#moments.get(name) ?? 0, micros));
  }

  /** A count. */
  get(name: string): number {
    return this.#counts.get(name)?.count ?? 0;
  }

  snapshot(): Figures {
    return {
      counts: Object.fromEntries([...this.#counts].map(([name, { count }]) => [name, count])),
      gauges: Object.fromEntries(this.#gauges),
      moments: Object.fromEntries(this.#moments),
    };
  }
}

/** Gauges by their whole: what has parts is their sum. */
export function wholeGauges(gauges: Figures["gauges"]): Figures["gauges"] {
  const wholes: Record<string, number> = {};
  for (const [name, value] of Object.entries(gauges)) {
    const whole = name.split(".", 1)[0] ?? name;
    wholes[whole] = (wholes[whole] ?? 0) + value;
  }
  return wholes;
}

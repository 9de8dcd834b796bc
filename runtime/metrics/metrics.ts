/** What a stage counts. Counters only grow; gauges are set. Names are camelCase with the unit last. */
export class Metrics {
  readonly #values = new Map<string, number>();

  add(name: string, count = 1): void {
    this.#values.set(name, (this.#values.get(name) ?? 0) + count);
  }

  set(name: string, value: number): void {
    this.#values.set(name, value);
  }

  get(name: string): number {
    return this.#values.get(name) ?? 0;
  }

  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#values);
  }
}

import type { Values } from "./values.ts";

/** Gaps are rare, and their copies come close together. */
const rememberedMax = 256;

/** Lets each gap through once: one that concerns every symbol stands on each partition. */
export class GapFilter {
  readonly #seen = new Set<string>();

  isNew({ symbol, from, to, reason }: Values["gap"]): boolean {
    const key = JSON.stringify([symbol, from, to, reason]);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    const [oldest] = this.#seen;
    if (this.#seen.size > rememberedMax && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}

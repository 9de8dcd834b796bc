import type { ClusterLink } from "./cluster-link.ts";

const idleMsMax = 1000;

/**
 * One connection for many short uses: signing in anew takes several round trips and tens of milliseconds, which a recovery that
 * reads dozens of ranges would pay for each. It is closed when it has been out of use for a second.
 */
export class SharedLink {
  readonly #make: () => ClusterLink;
  #link: ClusterLink | null = null;
  #users = 0;
  #closing: NodeJS.Timeout | null = null;

  constructor(make: () => ClusterLink) {
    this.#make = make;
  }

  /** To be paired with `release`. */
  acquire(): ClusterLink {
    this.#users++;
    if (this.#closing !== null) clearTimeout(this.#closing);
    this.#closing = null;
    this.#link ??= this.#make();
    return this.#link;
  }

  release(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#closing = setTimeout(() => {
      this.#link?.close();
      this.#link = null;
    }, idleMsMax);
  }
}

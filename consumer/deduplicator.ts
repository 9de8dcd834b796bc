import type { SourcePosition } from "./source-position.ts";

interface Newest {
  logId: string;
  offset: number;
  index: number;
}

/**
 * Lets each output of the raw log through once. A publisher that starts again after a fault repeats some records, in the same order
 * and with the same source positions; so it is enough to remember the newest position of each partition.
 */
export class Deduplicator {
  readonly #newest = new Map<number, Newest>();

  /** Whether this position was not seen before. A record without one is always new. */
  isNew(source: SourcePosition | null): boolean {
    if (source === null) return true;
    const newest = this.#newest.get(source.partition);
    if (newest === undefined || newest.logId !== source.logId) {
      const { logId, offset, index } = source;
      this.#newest.set(source.partition, { logId, offset, index });
      return true;
    }
    if (source.offset < newest.offset) return false;
    if (source.offset === newest.offset && source.index <= newest.index) return false;
    newest.offset = source.offset;
    newest.index = source.index;
    return true;
  }
}

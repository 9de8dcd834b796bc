import type { SourcePosition } from "./source-position.ts";
import type { RecordKind } from "./values.ts";

interface Newest {
  logId: string;
  offset: number;
  index: number;
}

/**
 * Outputs that keep the raw log's order among themselves. A product's topic is written from several topics of the pipeline, each at its own
 * pace, so that a candle there says nothing of the quotes around it.
 */
const laneOf: Readonly<Record<RecordKind, number>> = {
  quote: 0,
  trade: 0,
  correction: 0,
  cancel: 0,
  bar: 0,
  gap: 0,
  candle: 1,
  minuteBar: 1,
  alert: 2,
  unknown: 3,
};
const lanes = 4;

/**
 * Lets each output of the raw log through once. A publisher that starts again after a fault repeats some records, in the same order
 * and with the same source positions; so it is enough to remember the newest position of each source partition. One for each topic: two products
 * may well hold the same output.
 */
export class Deduplicator {
  readonly #newest = new Map<number, Newest>();

  /** Whether this position was not seen before. A record without one is always new. */
  isNew(source: SourcePosition | null, kind: RecordKind): boolean {
    if (source === null) return true;
    const key = source.partition * lanes + laneOf[kind];
    const newest = this.#newest.get(key);
    if (newest === undefined || newest.logId !== source.logId) {
      const { logId, offset, index } = source;
      this.#newest.set(key, { logId, offset, index });
      return true;
    }
    if (source.offset < newest.offset) return false;
    if (source.offset === newest.offset && source.index <= newest.index) return false;
    newest.offset = source.offset;
    newest.index = source.index;
    return true;
  }
}

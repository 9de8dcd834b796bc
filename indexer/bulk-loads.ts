import type { IncomingRecord } from "../runtime/kafka/types.ts";
import { bulkBytes } from "./bulk-body.ts";
import { BulkLoad, type LoadLimits } from "./bulk-load.ts";
import type { IndexDocument } from "./document.ts";
import { keptBytes } from "./kept-records.ts";

/**
 * Loads that are used again and again: left to the garbage collector, megabytes a second would outlive two of its rounds while they are on their
 * way, and hundreds of megabytes would gather.
 */
export class BulkLoads<Ticket> {
  readonly #limits: LoadLimits;
  readonly #idle: BulkLoad<Ticket>[] = [];
  readonly #idleMax: number;
  /** Those for one document alone. */
  readonly #outsize = new WeakSet<BulkLoad<Ticket>>();

  /** @param idleMax loads kept while nobody needs them */
  constructor({ documentsMax, bytesMax }: Omit<LoadLimits, "keptBytesMax">, idleMax: number) {
    this.#limits = { documentsMax, bytesMax, keptBytesMax: keptBytesOfOne * documentsMax };
    this.#idleMax = idleMax;
  }

  /** An empty load; for a document that no other would have room for, one of its own. */
  take(document: IndexDocument, record: IncomingRecord): BulkLoad<Ticket> {
    const { bytesMax, keptBytesMax } = this.#limits;
    const needed = { documentsMax: 1, bytesMax: bulkBytes(document), keptBytesMax: keptBytes(record) };
    if (needed.bytesMax <= bytesMax && needed.keptBytesMax <= keptBytesMax) {
      return this.#idle.pop() ?? new BulkLoad(this.#limits);
    }
    const load = new BulkLoad<Ticket>(needed);
    this.#outsize.add(load);
    return load;
  }

  /** Only one that nobody will look at any more, no socket either. */
  giveBack(load: BulkLoad<Ticket>): void {
    if (this.#outsize.has(load) || this.#idle.length >= this.#idleMax) return;
    load.clear();
    this.#idle.push(load);
  }
}

/** Of a record, its key and headers: about 170 as the enricher writes them. */
const keptBytesOfOne = 256;

import { writeDocument } from "./bulk-body.ts";
import type { IndexDocument } from "./document.ts";
import type { KindName } from "./kinds.ts";

/** A document in a load, with what its owner knows it by. */
export interface BulkEntry<Ticket> {
  readonly kind: KindName;
  readonly index: string;
  readonly ticket: Ticket;
  /** Where its action line begins in the load's bytes, and where its last line feed ends. */
  readonly start: number;
  readonly end: number;
}

/** Documents that are gathered for one request, written one behind the other as the request's body: nothing is copied again to send them. */
export class BulkLoad<Ticket> {
  readonly entries: BulkEntry<Ticket>[] = [];
  readonly #room: Buffer;
  #bytes = 0;

  constructor(room: Buffer) {
    this.#room = room;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** There must be room for it. */
  add(document: IndexDocument, action: string, ticket: Ticket): void {
    const start = this.#bytes;
    const end = writeDocument(this.#room, start, action, document);
    this.#bytes = end;
    this.entries.push({ kind: document.kind, index: document.index, ticket, start, end });
  }

  /** The body of a request for some of the entries, in their order: a view where they stand together. */
  body(entries: readonly BulkEntry<Ticket>[]): Buffer {
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return Buffer.alloc(0);
    const isTogether = entries.every(({ start }, at) => at === 0 || start === entries[at - 1]?.end);
    if (isTogether) return this.#room.subarray(first.start, last.end);
    return Buffer.concat(entries.map(({ start, end }) => this.#room.subarray(start, end)));
  }
}

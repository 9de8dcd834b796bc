import type { IncomingRecord } from "../runtime/kafka/types.ts";
import { writeDocument } from "./bulk-body.ts";
import type { IndexDocument } from "./document.ts";
import { KeptRecords } from "./kept-records.ts";
import type { KindName } from "./kinds.ts";

export interface LoadLimits {
  readonly documentsMax: number;
  /** Of the request's body. */
  readonly bytesMax: number;
  /** Of what is kept of the records besides. */
  readonly keptBytesMax: number;
}

/**
 * Documents that are gathered for one request, written one behind the other as the request's body: nothing is copied again to send them. Each is known
 * by its place, from 0; nothing is made for each, and a load that is cleared can be filled again.
 */
export class BulkLoad<Ticket> {
  readonly #room: Buffer;
  /** Where the last line feed of each document ends. */
  readonly #ends: Uint32Array;
  /** How long the text is that stands in each in place of its value's closing brace. */
  readonly #tails: Uint16Array;
  readonly #kinds: KindName[];
  readonly #indices: string[];
  readonly #tickets: Ticket[];
  readonly #records: KeptRecords;
  #documents = 0;

  constructor({ documentsMax, bytesMax, keptBytesMax }: LoadLimits) {
    this.#room = Buffer.allocUnsafeSlow(bytesMax);
    this.#ends = new Uint32Array(documentsMax);
    this.#tails = new Uint16Array(documentsMax);
    this.#kinds = new Array(documentsMax);
    this.#indices = new Array(documentsMax);
    this.#tickets = new Array(documentsMax);
    this.#records = new KeptRecords(documentsMax, keptBytesMax);
  }

  get documents(): number {
    return this.#documents;
  }

  get isFull(): boolean {
    return this.documents === this.#ends.length || this.#end() === this.#room.length;
  }

  /** Takes a document and the record that it was made of, or returns false where there is no room for them. */
  add(document: IndexDocument, record: IncomingRecord, ticket: Ticket): boolean {
    if (this.isFull || !this.#records.hasRoomFor(record)) return false;
    const end = writeDocument(this.#room, this.#end(), document);
    if (end < 0) return false;
    const place = this.#documents;
    this.#ends[place] = end;
    this.#tails[place] = document.tail.length;
    this.#kinds[place] = document.kind;
    this.#indices[place] = document.index;
    this.#tickets[place] = ticket;
    this.#records.add(record);
    this.#documents += 1;
    return true;
  }

  places(): readonly number[] {
    return Array.from({ length: this.#documents }, (_, place) => place);
  }

  /** The body of a request for some of the documents, in this order: a view where they stand together. */
  body(places: readonly number[]): Buffer {
    const [first, last] = [places[0], places.at(-1)];
    if (first === undefined || last === undefined) return Buffer.alloc(0);
    const isTogether = places.every((place, at) => place === first + at);
    if (isTogether) return this.#room.subarray(this.#end(first), this.#end(last + 1));
    return Buffer.concat(places.map((place) => this.#room.subarray(this.#end(place), this.#end(place + 1))));
  }

  kindAt(place: number): KindName {
    return this.#kinds[place] as KindName;
  }

  indexAt(place: number): string {
    return this.#indices[place] as string;
  }

  /** What its owner knows it by. */
  ticketAt(place: number): Ticket {
    return this.#tickets[place] as Ticket;
  }

  /** The record that it was made of (of a dead letter, with the document in place of its value); good as long as the load is not cleared. */
  recordAt(place: number): IncomingRecord {
    const lines = this.body([place]);
    const value = lines.subarray(lines.indexOf(lineFeed) + 1, -1);
    const tail = this.#tails[place] as number;
    return this.#records.at(place, tail === 0 ? value : Buffer.concat([value.subarray(0, -tail), closingBrace]));
  }

  clear(): void {
    this.#documents = 0;
    this.#records.clear();
  }

  /** Where the first of so many documents end. */
  #end(documents = this.documents): number {
    return documents === 0 ? 0 : (this.#ends[documents - 1] as number);
  }
}

const lineFeed = 0x0a;
const closingBrace = Buffer.from("}");

import { type ComparedParts, partDifference, textOf } from "./part-difference.ts";

/** Which raw record a published one came from, and which of its outputs it is (D4). */
export interface SourcePlace {
  readonly offset: number;
  readonly index: number;
}

/** A record with its place, as the fold gives it. */
export interface PlacedRecord extends SourcePlace, ComparedParts {}

/** The same as a topic holds it. */
export interface PublishedRecord extends PlacedRecord {
  /** Where it stands in its topic. */
  readonly publishedOffset: number;
}

/** Published records that bear no place of a raw record: no fold can have given them. */
export interface Strangers {
  readonly count: number;
  readonly first: Pick<PublishedRecord, "publishedOffset" | "value"> | null;
}

/** What a comparison found. Equal is all that should not be 0. */
export interface Findings {
  readonly equal: number;
  /** The fold gives it, and it was not published. */
  readonly missing: number;
  /** Published more than once, or out of its order. */
  readonly duplicated: number;
  /** Another value, key or header than the fold gives, or a record that the fold does not give at all. */
  readonly different: number;
  readonly first: Difference | null;
}

/** The first finding in the order in which the topic is read. */
export interface Difference {
  readonly kind: "missing" | "duplicated" | "different";
  readonly partition: number;
  /** Of the raw record; null, as the index is, where what is published bears no place of one. */
  readonly offset: number | null;
  readonly index: number | null;
  /** Where the published record stands in its topic; null where there is none. */
  readonly publishedOffset: number | null;
  /** What differs: `value`, `key`, or `header` and its name. Null where one side has no such record; then the other's value is shown. */
  readonly part: string | null;
  readonly expected: string | null;
  readonly published: string | null;
}

/**
 * Compares what one topic holds of one partition with what the fold gives, both in the order of the raw log, with neither held in memory.
 * A published record behind the last one taken is a duplicate; one between two expected ones is one that the fold does not give.
 * What comes before the place where it begins is neither expected nor looked at; what bears no place is different wherever it stands.
 */
export class Comparison {
  #equal = 0;
  #missing = 0;
  #duplicated = 0;
  #different = 0;
  #first: Difference | null = null;
  #newest: SourcePlace | null = null;
  readonly #partition: number;
  readonly #from: SourcePlace;

  constructor(partition: number, from: SourcePlace) {
    this.#partition = partition;
    this.#from = from;
  }

  /** Takes the next expected record and what is published up to it; the reader is asked for one record at a time. */
  async expect(expected: PlacedRecord, published: PublishedReader): Promise<void> {
    if (order(expected, this.#from) < 0) return;
    await this.#passBefore(expected, published);
    const next = await published.peek();
    if (next === null || order(next, expected) !== 0) {
      this.#missing++;
      this.#note(published, this.#found("missing", expected, expected.value, null));
      return;
    }
    published.take();
    this.#newest = next;
    const difference = partDifference(expected, next);
    if (difference === null) this.#equal++;
    else {
      this.#different++;
      this.#note(published, { ...this.#found("different", expected, null, next), ...difference });
    }
  }

  /** Takes all that is published before a place: everything below it has been expected. */
  async finish(before: SourcePlace, published: PublishedReader): Promise<Findings> {
    await this.#passBefore(before, published);
    return {
      equal: this.#equal,
      missing: this.#missing,
      duplicated: this.#duplicated,
      different: this.#different + published.strangers.count,
      first: this.#first ?? this.#firstStranger(published),
    };
  }

  async #passBefore(place: SourcePlace, published: PublishedReader): Promise<void> {
    for (let next = await published.peek(); next !== null && order(next, place) < 0; next = await published.peek()) {
      published.take();
      // Behind newer ones it was published again, however old it is.
      if (this.#newest === null && order(next, this.#from) < 0) continue;
      const isRepeat = this.#newest !== null && order(next, this.#newest) <= 0;
      if (isRepeat) this.#duplicated++;
      else {
        this.#different++;
        this.#newest = next;
      }
      this.#note(published, this.#found(isRepeat ? "duplicated" : "different", next, null, next));
    }
  }

  /** A stranger that the reader has met by now stands before what was found. */
  #note(published: PublishedReader, found: Difference): void {
    this.#first ??= this.#firstStranger(published) ?? found;
  }

  #firstStranger({ strangers: { first } }: PublishedReader): Difference | null {
    return first === null ? null : this.#found("different", { offset: null, index: null }, null, first);
  }

  #found(
    kind: Difference["kind"],
    { offset, index }: Pick<Difference, "offset" | "index">,
    expected: PlacedRecord["value"],
    published: Strangers["first"],
  ): Difference {
    return {
      kind,
      partition: this.#partition,
      offset,
      index,
      publishedOffset: published?.publishedOffset ?? null,
      part: null,
      expected: textOf(expected),
      published: textOf(published?.value ?? null),
    };
  }
}

/** Published records of one topic's partition, one after the other. */
export interface PublishedReader {
  /** The next one, which stays; null at the end. */
  peek(): Promise<PublishedRecord | null> | PublishedRecord | null;
  take(): void;
  /** Those passed over so far. */
  readonly strangers: Strangers;
}

/** The order of the raw log. */
function order(a: SourcePlace, b: SourcePlace): number {
  return a.offset - b.offset || a.index - b.index;
}

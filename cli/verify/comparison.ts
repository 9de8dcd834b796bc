/** Which raw record a published one came from, and which of its outputs it is (D4). */
export interface SourcePlace {
  readonly offset: number;
  readonly index: number;
}

/** A record with its place: as the fold gives it, or as a topic holds it. */
export interface PlacedValue extends SourcePlace {
  readonly value: Buffer;
}

/** What a comparison found. Equal is all that should not be 0. */
export interface Findings {
  readonly equal: number;
  /** The fold gives it, and it was not published. */
  readonly missing: number;
  /** Published more than once, or out of its order. */
  readonly duplicated: number;
  /** Other bytes than the fold gives, or a record that the fold does not give at all. */
  readonly different: number;
  readonly first: Difference | null;
}

/** The first finding in the order of the raw log. */
export interface Difference extends SourcePlace {
  readonly kind: "missing" | "duplicated" | "different";
  readonly expected: string | null;
  readonly published: string | null;
}

/**
 * Compares what one topic holds of one partition with what the fold gives, both in the order of the raw log, with neither held in memory.
 * A published record behind the last one taken is a duplicate; one between two expected ones is one that the fold does not give.
 * What comes before the place where it begins is neither expected nor looked at.
 */
export class Comparison {
  #equal = 0;
  #missing = 0;
  #duplicated = 0;
  #different = 0;
  #first: Difference | null = null;
  #newest: SourcePlace | null = null;
  readonly #from: SourcePlace;

  constructor(from: SourcePlace) {
    this.#from = from;
  }

  /** Takes the next expected record and what is published up to it; the reader is asked for one record at a time. */
  async expect(expected: PlacedValue, published: PublishedReader): Promise<void> {
    if (order(expected, this.#from) < 0) return;
    await this.#passBefore(expected, published);
    const next = await published.peek();
    if (next === null || order(next, expected) !== 0) {
      this.#missing++;
      this.#note("missing", expected, expected.value, null);
      return;
    }
    published.take();
    this.#newest = next;
    if (next.value.equals(expected.value)) this.#equal++;
    else {
      this.#different++;
      this.#note("different", expected, expected.value, next.value);
    }
  }

  /** Takes all that is published before a place: everything below it has been expected. */
  async finish(before: SourcePlace, published: PublishedReader): Promise<Findings> {
    await this.#passBefore(before, published);
    return {
      equal: this.#equal,
      missing: this.#missing,
      duplicated: this.#duplicated,
      different: this.#different,
      first: this.#first,
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
      this.#note(isRepeat ? "duplicated" : "different", next, null, next.value);
    }
  }

  #note(kind: Difference["kind"], at: SourcePlace, expected: Buffer | null, published: Buffer | null): void {
    this.#first ??= {
      kind,
      offset: at.offset,
      index: at.index,
      expected: expected?.toString("utf8") ?? null,
      published: published?.toString("utf8") ?? null,
    };
  }
}

/** Published records of one topic's partition, one after the other. */
export interface PublishedReader {
  /** The next one, which stays; null at the end. */
  peek(): Promise<PlacedValue | null> | PlacedValue | null;
  take(): void;
}

/** The order of the raw log. */
function order(a: SourcePlace, b: SourcePlace): number {
  return a.offset - b.offset || a.index - b.index;
}

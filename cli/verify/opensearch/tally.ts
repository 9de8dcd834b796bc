import type { DocumentEntries } from "./entry.ts";
import type { FindingSort, IndexFindings, NotJudged } from "./report.ts";

type Counts = { -readonly [Name in Exclude<keyof IndexFindings, "index">]: number };

/** Counts what is found, by index, and keeps the first finding of each sort. */
export class Tally {
  readonly #indices = new Map<string, Counts>();
  readonly notJudged: { -readonly [Name in keyof NotJudged]: number } = {
    ahead: 0,
    deadLettered: 0,
    pastRetention: 0,
    older: 0,
    otherLogs: 0,
    changing: 0,
  };
  /** How many documents were compared one by one. */
  compared = 0;
  readonly first = new Map<FindingSort, DocumentEntries>();
  readonly #allowed = new Map<string, number>();

  /** The counts of an index; they may be changed. */
  of(index: string): Counts {
    let counts = this.#indices.get(index);
    if (counts === undefined) {
      counts = { onTopics: 0, stored: 0, equal: 0, missing: 0, unexpected: 0, different: 0 };
      this.#indices.set(index, counts);
    }
    return counts;
  }

  /** Notes a document that may be stored and need not be. */
  allow(index: string): void {
    this.#allowed.set(index, this.allowed(index) + 1);
  }

  /** How many documents of an index may be stored and need not be. */
  allowed(index: string): number {
    return this.#allowed.get(index) ?? 0;
  }

  find(sort: FindingSort, document: DocumentEntries): void {
    this.of(document.index)[sort]++;
    const first = this.first.get(sort);
    if (first === undefined || order(document, first) < 0) this.first.set(sort, document);
  }

  /** All indices by name. */
  indices(): readonly IndexFindings[] {
    return [...this.#indices]
      .map(([index, counts]) => ({ index, ...counts }))
      .sort((a, b) => (a.index < b.index ? -1 : 1));
  }
}

/** By index, then by the record's place, then by id. */
function order(a: DocumentEntries, b: DocumentEntries): number {
  if (a.index !== b.index) return a.index < b.index ? -1 : 1;
  const [at, bt] = [a.published[0]?.place, b.published[0]?.place];
  if (at != null && bt != null) return at.partition - bt.partition || at.offset - bt.offset;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

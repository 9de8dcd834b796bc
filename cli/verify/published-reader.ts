import type { IncomingBatch, IncomingRecord } from "../../runtime/kafka/types.ts";
import type { PublishedReader, PublishedRecord, SourcePlace, Strangers } from "./comparison.ts";

/**
 * The enricher's own records of a topic's partition. On a shared topic those of other stages (the indexer's dead letters) are passed over; whatever else
 * bears no place of a raw record is a stranger, passed over too, and counted.
 */
export class TopicReader implements PublishedReader {
  readonly #batches: AsyncIterator<IncomingBatch>;
  #records: readonly IncomingRecord[] = [];
  #at = 0;
  #next: PublishedRecord | null = null;
  #isEnded = false;
  readonly #isShared: boolean;
  #strangers: Strangers = { count: 0, first: null };

  /** @param topic shared where other stages write on it too */
  constructor(batches: AsyncIterable<IncomingBatch>, { isShared }: { readonly isShared: boolean }) {
    this.#batches = batches[Symbol.asyncIterator]();
    this.#isShared = isShared;
  }

  get strangers(): Strangers {
    return this.#strangers;
  }

  peek(): Promise<PublishedRecord | null> | PublishedRecord | null {
    return this.#next ?? this.#advance() ?? (this.#isEnded ? null : this.#read());
  }

  take(): void {
    this.#next = null;
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }

  /** The next of the records at hand, or null where there are none. */
  #advance(): PublishedRecord | null {
    while (this.#next === null && this.#at < this.#records.length) {
      const record = this.#records[this.#at++];
      this.#next = record === undefined ? null : this.#placed(record);
    }
    return this.#next;
  }

  async #read(): Promise<PublishedRecord | null> {
    while (this.#advance() === null) {
      const { done, value } = await this.#batches.next();
      if (done === true) {
        this.#isEnded = true;
        return null;
      }
      this.#records = value.records;
      this.#at = 0;
    }
    return this.#next;
  }

  #placed({ offset: publishedOffset, key, value, headers }: IncomingRecord): PublishedRecord | null {
    if (this.#isShared && isOfAnotherStage(headers)) return null;
    const place = placeIn(headers);
    if (place !== null) return { ...place, publishedOffset, key, value, headers };
    const { count, first } = this.#strangers;
    this.#strangers = { count: count + 1, first: first ?? { publishedOffset, value } };
    return null;
  }
}

function isOfAnotherStage({ stage }: IncomingRecord["headers"]): boolean {
  return stage !== undefined && stage.toString() !== "enricher";
}

/** Null where the headers name none. */
function placeIn(headers: IncomingRecord["headers"]): SourcePlace | null {
  const [offset, index] = [numberOf(headers["source-offset"]), numberOf(headers["source-index"])];
  return offset === null || index === null ? null : { offset, index };
}

/** Decimal digits only. */
function numberOf(bytes: Buffer | undefined): number | null {
  const text = bytes?.toString("latin1") ?? "";
  return /^\d+$/.test(text) ? Number(text) : null;
}

import type { IncomingBatch, IncomingRecord } from "../../runtime/kafka/types.ts";
import type { PlacedValue, PublishedReader } from "./comparison.ts";

/** The enricher's own records of a topic's partition; those of other stages (the indexer's dead letters) are passed over. */
export class TopicReader implements PublishedReader {
  readonly #batches: AsyncIterator<IncomingBatch>;
  #records: readonly IncomingRecord[] = [];
  #at = 0;
  #next: PlacedValue | null = null;
  #isEnded = false;

  constructor(batches: AsyncIterable<IncomingBatch>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  peek(): Promise<PlacedValue | null> | PlacedValue | null {
    return this.#next ?? this.#advance() ?? (this.#isEnded ? null : this.#read());
  }

  take(): void {
    this.#next = null;
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }

  /** The next of the records at hand, or null where there are none. */
  #advance(): PlacedValue | null {
    while (this.#next === null && this.#at < this.#records.length) {
      const record = this.#records[this.#at++];
      this.#next = record === undefined ? null : placed(record);
    }
    return this.#next;
  }

  async #read(): Promise<PlacedValue | null> {
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
}

function placed({ headers, value }: IncomingRecord): PlacedValue | null {
  const stage = headers["stage"]?.toString();
  const [offset, index] = [headers["source-offset"], headers["source-index"]];
  if (offset === undefined || index === undefined || (stage !== undefined && stage !== "enricher")) return null;
  return { offset: Number(offset.toString()), index: Number(index.toString()), value: value ?? Buffer.alloc(0) };
}

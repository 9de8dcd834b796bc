import { PipelineError } from "../domain/errors.ts";
import type { TopicPosition } from "../runtime/kafka/types.ts";
import { type FeedRecord, forget } from "./feed-record.ts";
import type { FeedLag } from "./lag.ts";
import type { Handing, RecordSource, SourceBatch } from "./record-source.ts";
import type { StreamWatch } from "./stream-watch.ts";
import type { RecordKind } from "./values.ts";

/** Records of one partition, in log order; never empty. */
export interface FeedBatch<Item, Kind extends RecordKind = RecordKind> {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly FeedRecord<Kind>[];
  /** What the stream is of, one for each record; parsed when asked for. */
  readonly items: readonly Item[];
  /**
   * Gives the memory of the records back, for `for await (using batch of ...)`; without it the garbage collector does the same, later. From here on a record gives
   * its offset and what was parsed before (else a `RangeError`), the list `records` is empty, and `bytes` that were taken from a record are gone: copy what is to stay.
   */
  [Symbol.dispose](): void;
}

/**
 * A stream of the feed: `for await (const quote of stream)`, by batches where speed matters, or by a callback. It is read once. A reader that is
 * slow slows the fetching, and nothing piles up. Ends when its signal comes or it is closed; throws a `PipelineError` where it cannot go on:
 * `kafkaAuthorization` (a right is missing or was taken away), `kafkaAuthentication` (the password is refused, and its secret holds no other),
 * `kafkaUnreachable` (at the start only: later it goes on trying, and says so), `kafkaTopic`, `missingColumn`.
 */
export interface FeedStream<Item, Kind extends RecordKind = RecordKind> extends AsyncIterable<Item> {
  batches(): AsyncIterable<FeedBatch<Item, Kind>>;
  /**
   * Calls the handler with one item after the other, and resolves when the stream ends. An item is done when its handler has resolved; where the
   * handler fails, the stream ends with that error, and the item comes again at the next start of the group.
   */
  each(handler: (item: Item, record: FeedRecord<Kind>) => unknown): Promise<void>;
  /** Counts a record as done, and all before it of its partition. In `auto` only for what is never followed by asking for the next. */
  done(record: FeedRecord): void;
  /** Commits what is done now; resolves when Kafka has it. */
  commit(): Promise<void>;
  /** The next offset of each partition, all before it done with: store them, and start `from` them. */
  positions(): readonly TopicPosition[];
  /** How far it is behind; asks the cluster. */
  lag(): Promise<FeedLag>;
  /** Commits what is done (`auto`), leaves the group, disconnects. May be called twice. */
  close(): Promise<void>;
}

/** What a stream is made of once it is opened. */
export interface OpenStream {
  readonly source: RecordSource;
  readonly watch: StreamWatch;
}

/** Few at a time: objects that wait for their turn make the young generation grow, and it hardly shrinks again. */
const byRecord: Handing = { recordsMax: 16, areKept: true };
const byValue: Handing = { recordsMax: 16, areKept: false };
const byBatch: Handing = { recordsMax: 256, areKept: true };

/** What a stream makes of records. */
export interface StreamMaking<Item> {
  readonly itemOf: (record: FeedRecord) => Item;
  /** Else the items hold nothing of what was fetched. */
  readonly itemsAreRecords: boolean;
  readonly onClosed: () => void;
}

/** A stream that opens itself when it is first asked for something. */
export class LazyStream<Item, Kind extends RecordKind> implements FeedStream<Item, Kind> {
  readonly #open: () => Promise<OpenStream>;
  readonly #itemOf: (record: FeedRecord) => Item;
  readonly #handing: Handing;
  readonly #onClosed: () => void;
  #opening: Promise<OpenStream> | null = null;
  #opened: OpenStream | null = null;
  #isRead = false;
  #isClosed = false;

  constructor(open: () => Promise<OpenStream>, { itemOf, itemsAreRecords, onClosed }: StreamMaking<Item>) {
    this.#open = open;
    this.#itemOf = itemOf;
    this.#handing = itemsAreRecords ? byRecord : byValue;
    this.#onClosed = onClosed;
  }

  async *batches(): AsyncGenerator<FeedBatch<Item, Kind>> {
    for await (const batch of this.#batches(byBatch)) yield new StreamBatch<Item, Kind>(batch, this.#itemOf);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    for await (const { records } of this.#batches(this.#handing)) {
      for (const record of records) {
        yield this.#itemOf(record);
        this.#opened?.source.handled(record);
      }
    }
  }

  async each(handler: (item: Item, record: FeedRecord<Kind>) => unknown): Promise<void> {
    for await (const { records } of this.#batches(byRecord)) {
      for (const record of records) {
        await handler(this.#itemOf(record), record as FeedRecord<Kind>);
        this.#opened?.source.handled(record);
      }
    }
  }

  done(record: FeedRecord): void {
    this.#opened?.source.done(record);
  }

  async commit(): Promise<void> {
    await (await this.#get()).source.commit();
  }

  positions(): readonly TopicPosition[] {
    return this.#opened?.source.positions() ?? [];
  }

  async lag(): Promise<FeedLag> {
    return (await this.#get()).watch.lag();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const opened = this.#opened ?? (await this.#opening?.catch(() => null));
    opened?.watch.close();
    await opened?.source.close();
    this.#onClosed();
  }

  async *#batches(handing: Handing): AsyncGenerator<SourceBatch> {
    if (this.#isRead) throw new TypeError("A stream of the feed is read once: ask the feed for another.");
    this.#isRead = true;
    const { source } = await this.#get();
    try {
      yield* source.batches(handing);
    } finally {
      await this.close();
    }
  }

  async #get(): Promise<OpenStream> {
    if (this.#isClosed) throw new PipelineError("kafkaFailed", "The stream of the feed was closed.");
    this.#opening ??= this.#open();
    this.#opened = await this.#opening;
    return this.#opened;
  }
}

class StreamBatch<Item, Kind extends RecordKind> implements FeedBatch<Item, Kind> {
  readonly topic: string;
  readonly partition: number;
  readonly #itemOf: (record: FeedRecord) => Item;
  readonly #release: () => void;
  #records: readonly FeedRecord[] | null;
  #items: readonly Item[] | undefined;

  constructor({ topic, partition, records, release }: SourceBatch, itemOf: (record: FeedRecord) => Item) {
    this.topic = topic;
    this.partition = partition;
    this.#records = records;
    this.#itemOf = itemOf;
    this.#release = release;
  }

  get records(): readonly FeedRecord<Kind>[] {
    if (this.#records === null) throw new RangeError(`A batch of ${this.topic} was let go of: its records are gone`);
    // The source hands over the kinds that were asked for and no others.
    return this.#records as readonly FeedRecord<Kind>[];
  }

  get items(): readonly Item[] {
    this.#items ??= (this.records as readonly FeedRecord[]).map(this.#itemOf);
    return this.#items;
  }

  [Symbol.dispose](): void {
    for (const record of this.#records ?? []) forget(record);
    this.#records = null;
    this.#release();
  }
}

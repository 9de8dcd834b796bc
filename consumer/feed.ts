import { randomUUID } from "node:crypto";
import { createKafka } from "../runtime/kafka/kafka.ts";
import type {
  AssignedPartition,
  GroupReader,
  IncomingBatch,
  Kafka,
  KafkaConnection,
  TopicPosition,
} from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import { BatchChannel } from "./batch-channel.ts";
import { Deduplicator } from "./deduplicator.ts";
import { FeedRecord } from "./feed-record.ts";

/** Where to start: the oldest record kept, only what comes from now on, or the first record published at or after a time. */
export type StartFrom = "beginning" | "latest" | Date;

export interface FeedOptions {
  readonly connection: Omit<KafkaConnection, "clientId"> & { readonly clientId?: string };
  /** Default: `market.enriched`. */
  readonly topic?: string;
  /**
   * A name of your own makes the feed go on where the group of that name left off, and shares the partitions among all who read
   * with it; it must begin with your user name. Default: a group for this run alone, that reads everything and leaves no trace.
   */
  readonly groupId?: string;
  /** Where to start where the group has left nothing off. Default: `latest`. */
  readonly from?: StartFrom;
  /** Only these symbols, and what concerns all of them (gaps). Default: every symbol. */
  readonly symbols?: readonly string[];
  /** Ends the feed. */
  readonly signal?: AbortSignal;
  /** Default: silent. */
  readonly log?: Log;
}

/** Records of one partition, in log order, repeats and other symbols left out; may be empty. */
export interface FeedBatch {
  readonly records: readonly FeedRecord[];
}

/**
 * An open feed: `for await (const record of feed)`, or by batches where speed matters. What has been handed over counts as done when
 * the next is asked for. Ends when the signal comes or the feed is closed; throws a `PipelineError` where it cannot go on.
 */
export interface Feed extends AsyncIterable<FeedRecord> {
  batches(): AsyncIterable<FeedBatch>;
  /** Counts a record as done, and all before it of its partition, where the next is never asked for. */
  done(record: FeedRecord): void;
  /** The next offset of each partition. */
  positions(): readonly TopicPosition[];
  close(): Promise<void>;
}

const commitEveryMs = 1000;
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Opens a feed. @throws PipelineError `kafkaUnreachable`, `kafkaAuthentication`, `kafkaAuthorization` or `kafkaTopic` */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  const { connection, log = silent } = options;
  const kafka = createKafka({ clientId: "bellwether-consumer", ...connection }, log);
  const feed = new GroupFeed(options);
  await feed.open(kafka);
  return feed;
}

class GroupFeed implements Feed {
  readonly #options: FeedOptions;
  readonly #topic: string;
  readonly #channel = new BatchChannel<IncomingBatch>();
  readonly #deduplicator = new Deduplicator();
  readonly #done = new Map<number, TopicPosition>();
  #reader: GroupReader | null = null;
  #committing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#topic = options.topic ?? "market.enriched";
  }

  async open(kafka: Kafka): Promise<void> {
    const { from = "latest", groupId, connection, signal } = this.#options;
    this.#reader = await kafka.reader({
      groupId: groupId ?? `${connection.sasl?.username ?? "bellwether"}-${randomUUID()}`,
      topics: [this.#topic],
      startAt: from === "latest" ? "latest" : "beginning",
      onAssigned: (assigned) => startAtTime(kafka, this.#topic, from, assigned),
      onBatch: (batch) => this.#channel.put(batch),
      onFailed: (error) => this.#channel.close(error),
    });
    if (groupId !== undefined) this.#timer = setInterval(() => this.#commit(), commitEveryMs);
    signal?.addEventListener("abort", () => this.#channel.close(), { once: true });
    if (signal?.aborted === true) this.#channel.close();
  }

  async *batches(): AsyncIterable<FeedBatch> {
    try {
      for (let batch = await this.#channel.take(); batch !== null; batch = await this.#channel.take()) {
        yield { records: this.#select(batch) };
        const last = batch.records.at(-1);
        if (last !== undefined) this.#note(batch.partition, last.offset);
      }
    } finally {
      await this.close();
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<FeedRecord> {
    for await (const { records } of this.batches()) {
      for (const record of records) {
        yield record;
        this.#note(record.partition, record.offset);
      }
    }
  }

  done({ partition, offset }: FeedRecord): void {
    this.#note(partition, offset);
  }

  positions(): readonly TopicPosition[] {
    return this.#reader?.positions() ?? [];
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#channel.close();
    await this.#commit();
    await this.#reader?.close();
    this.#reader = null;
  }

  #select(batch: IncomingBatch): readonly FeedRecord[] {
    const { symbols } = this.#options;
    const wanted = symbols === undefined || symbols.length === 0 ? null : new Set(symbols);
    const selected: FeedRecord[] = [];
    for (const incoming of batch.records) {
      const record = new FeedRecord(batch.topic, batch.partition, incoming);
      if (!this.#deduplicator.isNew(record.source)) continue;
      if (wanted === null || record.symbol === null || wanted.has(record.symbol)) selected.push(record);
    }
    return selected;
  }

  #note(partition: number, offset: number): void {
    if (this.#options.groupId !== undefined) {
      this.#done.set(partition, { topic: this.#topic, partition, offset: offset + 1 });
    }
  }

  #commit(): Promise<void> {
    const positions = [...this.#done.values()];
    this.#done.clear();
    if (positions.length > 0) {
      const report = (error: Error) => this.#channel.close(error);
      this.#committing = this.#committing.then(() => this.#reader?.commit(positions)).catch(report);
    }
    return this.#committing;
  }
}

/** Where a group, or this reader itself, left off goes before any time given. */
async function startAtTime(
  kafka: Kafka,
  topic: string,
  from: StartFrom,
  assigned: readonly AssignedPartition[],
): Promise<readonly TopicPosition[]> {
  if (!(from instanceof Date)) return [];
  const admin = await kafka.admin();
  try {
    const isFresh = (item: AssignedPartition) => item.committedOffset === null && item.heldPosition === undefined;
    const fresh = new Set(assigned.filter(isFresh).map((item) => item.partition));
    return (await admin.offsetsAt(topic, from.getTime())).filter(({ partition }) => fresh.has(partition));
  } finally {
    await admin.close();
  }
}

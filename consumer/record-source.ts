import { PipelineError } from "../domain/errors.ts";
import { Shared } from "../runtime/kafka/give-back.ts";
import type {
  AssignedPartition,
  GroupReader,
  IncomingBatch,
  IncomingRecord,
  Kafka,
  TopicPosition,
} from "../runtime/kafka/types.ts";
import { BatchChannel } from "./batch-channel.ts";
import { customerFault } from "./customer-fault.ts";
import { Deduplicator } from "./deduplicator.ts";
import { DonePositions } from "./done-positions.ts";
import { type FeedRecord, feedRecord } from "./feed-record.ts";
import { GapFilter } from "./gap-filter.ts";
import { startPositionsFor } from "./start-from.ts";
import type { Selection, StreamOptions } from "./stream-options.ts";

/** What is read, and as whom. */
export interface SourceOptions {
  readonly kafka: Kafka;
  readonly topics: readonly string[];
  /** The whole name of the group in Kafka. */
  readonly groupId: string;
  readonly username: string | undefined;
  readonly selection: Selection;
  readonly stream: StreamOptions;
}

/** How records are handed over. */
export interface Handing {
  /** So many at a time. */
  readonly recordsMax: number;
  /** False where nothing of them is looked at any more when the next are asked for. */
  readonly areKept: boolean;
}

/** Records of one partition, in log order. */
export interface SourceBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly FeedRecord[];
  /** They are not looked at any more. Memory is given back when all have said so that were fetched together. */
  release(): void;
}

type Part = Omit<SourceBatch, "release" | "records"> & { readonly records: FeedRecord[] };

const commitEveryMs = 1000;
/**
 * Bound what is held: a few KiB of zstd are a megabyte of records, and what waits behind the batch in hand waits compressed. Less than this a
 * partition cannot keep up with 20,000 uncompressed quotes a second: a fetch then brings too little (measured with 8 KiB).
 */
const maxBytesPerPartition = 64 * 1024;
const bytesAheadMax = 256 * 1024;

/** Reads as a member of a group: what is selected, once, in order by partition, and keeps the account of what is done. */
export class RecordSource {
  readonly #options: SourceOptions;
  readonly #channel = new BatchChannel<IncomingBatch>();
  readonly #deduplicators = new Map<string, Deduplicator>();
  readonly #gaps = new GapFilter();
  readonly #done: DonePositions;
  #reader: GroupReader | null = null;
  /** Where the reader was when the end came: from then on it takes the batch in hand for done. */
  #lastRead: readonly TopicPosition[] | null = null;
  #committing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  /** The newest record that was handled, within the batch in hand. */
  #handled: FeedRecord | null = null;
  /** When the newest record handed over was published. */
  publishedTimeMs: number | null = null;
  batchesRead = 0;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#done = new DonePositions(options.stream.commit ?? "auto");
  }

  /** @throws PipelineError `kafkaUnreachable`, `kafkaAuthentication`, `kafkaAuthorization` or `kafkaTopic` */
  async open(): Promise<void> {
    const { kafka, topics, groupId, stream } = this.#options;
    const { from = "latest", signal, onNotice } = stream;
    if (signal?.aborted === true) return this.#end();
    signal?.addEventListener("abort", () => this.#end(), { once: true });
    this.#reader = await this.#told(
      kafka.reader({
        groupId,
        topics,
        startAt: from === "latest" ? "latest" : "beginning",
        maxBytesPerPartition,
        bytesAheadMax,
        oneByOne: true,
        onAssigned: (assigned) => this.#startPositions(assigned),
        onBatch: (batch) => this.#channel.put(batch),
        onFailed: (error) => this.#end(this.#fault(error)),
        onSkipped: (position, firstOffset) => onNotice?.({ kind: "skipped", position, firstOffset }),
      }),
    );
    if (stream.group !== undefined && stream.commit !== "manual") {
      this.#timer = setInterval(() => void this.#commitQuietly(), commitEveryMs);
    }
  }

  /** Batches that hold something. What was handed over is done when the next is asked for; the source closes itself at the end. */
  async *batches(handing: Handing): AsyncGenerator<SourceBatch> {
    try {
      for (let batch = await this.#channel.take(); batch !== null; batch = await this.#channel.take()) {
        this.batchesRead++;
        const fetched = new Shared(() => batch.release?.());
        const handingOver = fetched.use();
        for (const part of this.#parts(batch, handing.recordsMax)) {
          const letGo = fetched.use();
          const release = () => {
            // Whatever still holds the list, old promises do for a while, holds no records by it.
            part.records.length = 0;
            letGo();
          };
          yield { ...part, release };
          if (!handing.areKept) release();
        }
        handingOver();
      }
    } finally {
      await this.close();
    }
  }

  /** A part of a batch is looked at when the one before it is done with: objects that wait make the young generation grow, and it hardly shrinks again. */
  *#parts({ topic, partition, records, each }: IncomingBatch, sizeMax: number): Generator<Part> {
    let selected: FeedRecord[] = [];
    let last: IncomingRecord | null = null;
    for (const incoming of each ?? records) {
      if (last === null) this.#done.handedOver({ topic, partition, offset: incoming.offset });
      last = incoming;
      const record = this.#selected(topic, partition, incoming);
      if (record === null) continue;
      selected.push(record);
      if (selected.length < sizeMax) continue;
      yield this.#part(selected, incoming);
      this.#done.batchDone({ topic, partition, offset: incoming.offset + 1 });
      selected = [];
    }
    if (last === null) return;
    if (selected.length > 0) yield this.#part(selected, last);
    this.publishedTimeMs = last.timestampMs;
    this.#done.batchDone({ topic, partition, offset: last.offset + 1 });
  }

  #part(records: FeedRecord[], last: IncomingRecord): Part {
    const { topic, partition } = records[0] as FeedRecord;
    this.publishedTimeMs = last.timestampMs;
    return { topic, partition, records };
  }

  /** In `auto`, a record is done with whose next was asked for. Cheap, because it runs for each. */
  handled(record: FeedRecord): void {
    this.#handled = record;
  }

  /** Counts a record as done, and all before it of its partition. */
  done({ topic, partition, offset }: FeedRecord): void {
    this.#done.recordDone({ topic, partition, offset: offset + 1 });
  }

  /** The next offset of each partition of this reader, all before it done with. */
  positions(): readonly TopicPosition[] {
    this.#settle();
    return this.#done.positions(this.#lastRead ?? this.#reader?.positions() ?? []);
  }

  /**
   * Commits what is done. Where the group has rebalanced meanwhile, it resolves, and those records come again, to whoever has the partition.
   * @throws PipelineError `kafkaAuthorization`
   */
  async commit(): Promise<void> {
    const next = this.#committing.then(() => this.#commitNow());
    this.#committing = next.catch(() => undefined);
    return next;
  }

  /** Commits what is done (`auto`), leaves the group, disconnects. May be called twice. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#end();
    if (this.#options.stream.commit !== "manual") await this.commit().catch(() => undefined);
    const reader = this.#reader;
    this.#reader = null;
    await reader?.close();
  }

  async #startPositions(assigned: readonly AssignedPartition[]): Promise<readonly TopicPosition[]> {
    const starts = await startPositionsFor(this.#options.kafka, this.#options.stream.from ?? "latest", assigned);
    this.#done.assigned(assigned);
    return starts;
  }

  /** The record where it is wanted and was not seen before. */
  #selected(topic: string, partition: number, incoming: IncomingRecord): FeedRecord | null {
    const { kinds, symbols } = this.#options.selection;
    const record = feedRecord(topic, partition, incoming);
    if (!this.#deduplicatorOf(topic).isNew(record.source, record.kind)) return null;
    if (record.kind === "gap" && !this.#noteGap(record) && kinds?.size === 1) return null;
    if (kinds !== null && !kinds.has(record.kind)) return null;
    return symbols === null || record.symbol === null || symbols.has(record.symbol) ? record : null;
  }

  /** Whether a gap is news: one that concerns all symbols stands on every partition. */
  #noteGap(record: FeedRecord<"gap">): boolean {
    const { symbols } = this.#options.selection;
    const { symbol } = record.value;
    if (symbols !== null && symbol !== null && !symbols.has(symbol)) return false;
    if (!this.#gaps.isNew(record.value)) return false;
    this.#options.stream.onGap?.(record.value, record);
    return true;
  }

  #end(fault: Error | null = null): void {
    this.#lastRead ??= this.#reader?.positions() ?? [];
    this.#channel.close(fault);
  }

  #settle(): void {
    if (this.#handled !== null && this.#options.stream.commit !== "manual") this.done(this.#handled);
    this.#handled = null;
  }

  #deduplicatorOf(topic: string): Deduplicator {
    const known = this.#deduplicators.get(topic);
    if (known !== undefined) return known;
    const made = new Deduplicator();
    this.#deduplicators.set(topic, made);
    return made;
  }

  async #commitNow(): Promise<void> {
    this.#settle();
    const positions = this.#options.stream.group === undefined ? [] : this.#done.uncommitted();
    if (positions.length === 0) return;
    this.#done.committed(await this.#told(this.#reader?.commit(positions) ?? Promise.resolve([])));
  }

  async #commitQuietly(): Promise<void> {
    await this.commit().catch((error: Error) => this.#end(error));
  }

  async #told<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      throw this.#fault(error);
    });
  }

  #fault(error: unknown): Error {
    const fault = error instanceof Error ? error : new Error(String(error));
    return fault instanceof PipelineError ? customerFault(fault, this.#options.username) : fault;
  }
}

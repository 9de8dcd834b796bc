import { publishedTopics, type TopicNames } from "../domain/topics.ts";
import type { Backoff } from "../runtime/clock/backoff.ts";
import type {
  AssignedPartition,
  GroupReader,
  IncomingBatch,
  Kafka,
  RecordSender,
  TopicPosition,
} from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import type { Figures, Metrics } from "../runtime/metrics/metrics.ts";
import type { OpenSearch } from "../runtime/opensearch/types.ts";
import type { Settled } from "./bulk-answer.ts";
import type { BulkLoad } from "./bulk-load.ts";
import { type BulkLimits, BulkWriter } from "./bulk-writer.ts";
import { commitRegularly, type RegularCommits } from "./commit.ts";
import { deadLetterDocument } from "./dead-letter-document.ts";
import { type Rejection, sendDeadLetters } from "./dead-letters.ts";
import { documentOf } from "./document.ts";
import { createIndexOf, type IndexOf } from "./index-names.ts";
import { kinds } from "./kinds.ts";
import { type Portion, Progress } from "./progress.ts";
import type { RetryLog } from "./retry-log.ts";
import type { IsExpired } from "./setup/expired.ts";

export interface IndexerOptions {
  readonly kafka: Kafka;
  readonly openSearch: OpenSearch;
  readonly topics: TopicNames;
  readonly groupId: string;
  readonly indexPrefix: string;
  readonly limits: BulkLimits;
  readonly backoff: Backoff;
  /** True: reads again what the group has committed, to store what is missing in OpenSearch. */
  readonly fromBeginning: boolean;
  readonly commitEveryMs: number;
  /** How long `close` waits for requests in flight. */
  readonly drainMsMax: number;
  readonly log: Log;
  readonly retryLog: RetryLog;
  readonly metrics: Metrics;
  readonly random: () => number;
  /** Microseconds since the epoch. */
  readonly nowMicros: () => number;
  /** What it is true for is counted and left out. */
  readonly isExpired: IsExpired;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Called once when the indexer can go no further; `close` it then. */
  readonly onFailed: (error: Error) => void;
}

/** Where the record came from that a document was made of. */
interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly portion: Portion;
}

/**
 * Writes what the output topics hold to OpenSearch. An offset is committed only when all before it is stored or dead-lettered, and
 * a full writer holds the reader, so that an outage only makes it wait (D5). Writing twice changes nothing (D4).
 */
export class Indexer {
  readonly #options: IndexerOptions;
  readonly #sender: RecordSender;
  readonly #writer: BulkWriter<Origin>;
  readonly #progress = new Progress();
  readonly #indexOf: IndexOf;
  readonly #lags = new Map<string, number>();
  /** Partitions whose committed offset is of this run: of the others it is from before, and passed over by a reading from the beginning. */
  readonly #committedNow = new Set<string>();
  #reader: GroupReader | null = null;
  #commits: RegularCommits | null = null;
  #closing = false;
  /** Aborted when the present assignment is to end: the group waits for whoever still waits for OpenSearch. */
  #ending: AbortSignal = AbortSignal.abort();

  /** Joins the group and starts. @throws PipelineError where Kafka cannot be used */
  static async start(options: IndexerOptions): Promise<Indexer> {
    const indexer = new Indexer(options, await options.kafka.sender());
    try {
      await indexer.#join();
    } catch (error) {
      await indexer.#sender.close();
      throw error;
    }
    return indexer;
  }

  private constructor(options: IndexerOptions, sender: RecordSender) {
    const { openSearch, metrics, limits, backoff, random, sleep, retryLog, nowMicros } = options;
    this.#options = options;
    this.#sender = sender;
    this.#indexOf = createIndexOf(options.indexPrefix);
    this.#writer = new BulkWriter({
      limits,
      backoff,
      random,
      sleep,
      nowMs: () => nowMicros() / 1000,
      send: (body) => {
        metrics.add("bulkRequests");
        return openSearch.bulk(body);
      },
      onSettled: (load, settled) => this.#settle(load, settled),
      onRetry: ({ documents, attempt, fault }) => {
        metrics.add("retries", documents);
        retryLog.waiting(fault, { attempt, documents });
      },
      onFailed: (error) => this.#fail(error),
    });
  }

  /** By partition, the offset below which all is stored or dead-lettered; counts transaction markers, as "to the end" needs it. */
  positions(): readonly TopicPosition[] {
    return this.#reader === null ? [] : this.#progress.bounded(this.#reader.positions());
  }

  /** The counts, with the gauges of this moment. */
  snapshot(): Figures {
    let lag = 0;
    for (const value of this.#lags.values()) lag += value;
    const { requestsInFlight: inFlight, pace } = this.#writer;
    const { requestsAtOnce, documentsPerRequest } = pace;
    const gauges = { inFlight, requestsAtOnce, documentsPerRequest, lag };
    return { ...this.#options.metrics.snapshot(), gauges };
  }

  /** Waits a bounded time for what is in flight, commits what is stored, and leaves the group. What is left is read again next time. */
  async close(): Promise<void> {
    this.#closing = true;
    const bound = new AbortController();
    await Promise.race([
      this.#writer.drain().catch(() => {}),
      this.#options.sleep(this.#options.drainMsMax, bound.signal),
    ]);
    bound.abort();
    this.#writer.abandon();
    await this.#commits?.close();
    await this.#reader?.close();
    await this.#sender.close();
  }

  async #join(): Promise<void> {
    const { kafka, topics, groupId, log } = this.#options;
    const reader = await kafka.reader({
      groupId,
      topics: publishedTopics(topics),
      startAt: "beginning",
      readCommitted: true,
      maxBytesPerPartition: fetchBytesMax,
      bytesAheadMax,
      gatherMs: () => gatherMs,
      smallBytes,
      onAssigned: async (assigned, _, ending) => {
        this.#progress.assign(assigned);
        this.#lags.clear();
        this.#ending = ending;
        ending.addEventListener("abort", () => this.#writer.nudge(), { once: true });
        return assigned.map((each) => this.#start(each));
      },
      // What is stored is not read again by whoever has the partitions next.
      onRevoked: async () => this.#commits?.now(),
      onBatch: (batch) => this.#take(batch),
      onFailed: (error) => this.#fail(error),
    });
    this.#reader = reader;
    const commit: GroupReader["commit"] = async (positions) => {
      const committed = await reader.commit(positions);
      for (const { topic, partition } of committed) this.#committedNow.add(`${topic}/${partition}`);
      return committed;
    };
    this.#commits = commitRegularly(this.#progress, commit, this.#options.commitEveryMs, log);
  }

  /** The reader itself would go on after what it has handed over; that may be in flight still, and is forgotten by a new assignment. Writing it again is harmless (D4). */
  #start({ topic, partition, committedOffset, beginOffset }: AssignedPartition): TopicPosition {
    const isFirst = !this.#committedNow.has(`${topic}/${partition}`);
    const offset = this.#options.fromBeginning && isFirst ? beginOffset : (committedOffset ?? beginOffset);
    return { topic, partition, offset };
  }

  #fail(error: Error): void {
    // What ends because of the end is no failure.
    if (!this.#closing) this.#options.onFailed(error);
  }

  async #take({ topic, partition, records, endOffset, release }: IncomingBatch): Promise<void> {
    const [first, last] = [records[0], records.at(-1)];
    if (first === undefined || last === undefined) return;
    const nextOffset = last.offset + 1;
    const portion = this.#progress.begin(topic, partition, first.offset, nextOffset, records.length);
    const origin: Origin = { topic, partition, portion };
    const rejections: (Rejection & Origin)[] = [];
    let nowMicros = this.#options.nowMicros();
    for (const record of records) {
      const document =
        topic === this.#options.topics.deadLetter
          ? deadLetterDocument(record, partition, this.#indexOf)
          : documentOf(record, this.#indexOf, nowMicros);
      if ("reason" in document) {
        rejections.push({ ...origin, record, ...document });
        continue;
      }
      if (this.#options.isExpired(document.index)) {
        this.#options.metrics.add("pastRetention");
        this.#progress.end(portion, 1);
        continue;
      }
      while (!this.#isOver() && !this.#writer.offer(document, record, origin)) {
        await this.#room();
        nowMicros = this.#options.nowMicros();
      }
      if (this.#isOver()) return;
    }
    this.#lags.set(`${topic}/${partition}`, Math.max(0, endOffset - nextOffset));
    await this.#reject(rejections);
    // Documents and records were copied into their loads.
    release?.();
  }

  /** What is handed over then is left, and read again by whoever has the partition next. */
  #isOver(): boolean {
    return this.#closing || this.#ending.aborted;
  }

  async #room(): Promise<void> {
    await this.#writer.room().catch((error: unknown) => {
      if (!this.#closing) throw error;
    });
  }

  async #settle(load: BulkLoad<Origin>, { stored, alreadyApplied, rejected }: Settled): Promise<void> {
    const { metrics, retryLog } = this.#options;
    for (const places of [stored, alreadyApplied]) {
      for (const place of places) {
        metrics.add(kinds[load.kindAt(place)].metric);
        this.#progress.end(load.ticketAt(place).portion, 1);
      }
    }
    metrics.add("documents", stored.length + alreadyApplied.length);
    if (alreadyApplied.length > 0) metrics.add("alreadyApplied", alreadyApplied.length);
    retryLog.succeeded();
    await this.#reject(
      rejected.map(({ place, detail }) => {
        const record = load.recordAt(place);
        return { ...load.ticketAt(place), record, reason: "notIndexable", detail };
      }),
    );
  }

  /** Resolves when the dead letters are acknowledged: only then are their records dealt with. */
  async #reject(rejections: readonly (Rejection & Origin)[]): Promise<void> {
    if (rejections.length === 0) return;
    const { topics, metrics, log } = this.#options;
    await sendDeadLetters(rejections, { sender: this.#sender, topic: topics.deadLetter, metrics, log });
    for (const { portion } of rejections) this.#progress.end(portion, 1);
  }
}

/** Of a partition. */
const fetchBytesMax = 256 * 1024;
/** Of all partitions: there are dozens, and a full one each would take more memory than the requests. */
const bytesAheadMax = 2 * 1024 * 1024;
/** A request lingers longer than that; many small fetches would cost more than all else. */
const gatherMs = 75;
/** However much it is: where there is more to be had, nothing is waited for. */
const smallBytes = Number.POSITIVE_INFINITY;

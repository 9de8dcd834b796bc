import type { KafkaAdmin } from "../runtime/kafka/admin-types.ts";
import type { Kafka, TopicPosition } from "../runtime/kafka/types.ts";
import { type FeedLag, lagOf } from "./lag.ts";
import type { RecordSource } from "./record-source.ts";
import { stalenessOf } from "./staleness.ts";
import type { StreamOptions } from "./stream-options.ts";

const lookEveryMsMax = 5000;
const staleAfterMsDefault = 60_000;

/** Looks at a stream from the side, every few seconds where someone wants to be told: how far behind, and whether anything comes at all. */
export class StreamWatch {
  readonly #kafka: Kafka;
  readonly #topics: readonly string[];
  readonly #source: RecordSource;
  readonly #options: StreamOptions;
  readonly #nowMs: () => number;
  readonly #timer: NodeJS.Timeout | undefined;
  #admin: Promise<KafkaAdmin> | null = null;
  #isLooking = false;
  #progressMs: number;
  #endSum = 0;
  #batchesRead = 0;
  #wasBehind = false;
  #wasStale = false;
  #isClosed = false;

  constructor(
    kafka: Kafka,
    topics: readonly string[],
    source: RecordSource,
    options: StreamOptions,
    nowMs: () => number,
  ) {
    this.#kafka = kafka;
    this.#topics = topics;
    this.#source = source;
    this.#options = options;
    this.#nowMs = nowMs;
    this.#progressMs = nowMs();
    if (options.onLag === undefined && options.onStale === undefined) return;
    const everyMs = Math.min(lookEveryMsMax, (options.staleAfterMs ?? staleAfterMsDefault) / 3);
    this.#timer = setInterval(() => void this.#look(), everyMs);
    this.#timer.unref();
  }

  /** @throws PipelineError where the cluster cannot be asked */
  async lag(): Promise<FeedLag> {
    return this.#lagAt(await this.#ends());
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#admin?.then((admin) => admin.close()).catch(() => undefined);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const ends = await this.#ends().catch(() => null);
    this.#isLooking = false;
    if (this.#isClosed) return;
    if (ends !== null) this.#tellLag(this.#lagAt(ends));
    if (this.#options.onStale !== undefined) await this.#tellStaleness(ends);
  }

  #tellLag(lag: FeedLag): void {
    if (lag.isBehind || this.#wasBehind) this.#options.onLag?.(lag);
    this.#wasBehind = lag.isBehind;
  }

  async #tellStaleness(ends: readonly TopicPosition[] | null): Promise<void> {
    const nowMs = this.#nowMs();
    const endSum = ends === null ? this.#endSum : sumOf(ends);
    const { batchesRead } = this.#source;
    if (endSum !== this.#endSum || batchesRead !== this.#batchesRead) this.#progressMs = nowMs;
    this.#endSum = endSum;
    this.#batchesRead = batchesRead;
    const { staleAfterMs = staleAfterMsDefault, staleWhen = "regularHours" } = this.#options;
    const countsFromMs = staleWhen === "always" ? 0 : await openSinceLazily(nowMs);
    const progressMs = this.#progressMs;
    const staleness = stalenessOf({ nowMs, progressMs, isReachable: ends !== null, staleAfterMs, countsFromMs });
    if (staleness.isStale !== this.#wasStale) this.#options.onStale?.(staleness);
    this.#wasStale = staleness.isStale;
  }

  #lagAt(ends: readonly TopicPosition[]): FeedLag {
    const { publishedTimeMs } = this.#source;
    const limit = this.#options.behindLimit ?? {};
    return lagOf({ positions: this.#source.positions(), ends, publishedTimeMs, nowMs: this.#nowMs(), limit });
  }

  async #ends(): Promise<readonly TopicPosition[]> {
    this.#admin ??= this.#kafka.admin();
    const admin = await this.#admin;
    const ends = await Promise.all(this.#topics.map((topic) => admin.endOffsets(topic, { readCommitted: true })));
    return ends.flat();
  }
}

function sumOf(positions: readonly TopicPosition[]): number {
  return positions.reduce((sum, { offset }) => sum + offset, 0);
}

/** The calendar is large, and most readers never ask for it. */
async function openSinceLazily(nowMs: number): Promise<number | null> {
  const { openSince } = await import("./regular-hours.ts");
  return openSince(nowMs);
}

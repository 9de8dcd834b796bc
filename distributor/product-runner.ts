import { type Product, productTopics } from "../domain/entitlements/entitlements.ts";
import { PipelineError } from "../domain/errors.ts";
import type { ThresholdOf } from "../domain/products/bar.ts";
import { createProductCut, partitionOutlets, sourceTopics } from "../domain/products/product-cut.ts";
import type { TopicNames } from "../domain/topics.ts";
import { backoffMs } from "../runtime/clock/backoff.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import { pause } from "../runtime/clock/pause.ts";
import type { KafkaAdmin } from "../runtime/kafka/admin-types.ts";
import type {
  AssignedPartition,
  GroupMembership,
  GroupReader,
  IncomingBatch,
  Kafka,
  TopicPosition,
  TransactionScope,
} from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import type { Metrics } from "../runtime/metrics/metrics.ts";
import { dueOf } from "./due.ts";
import { holdsRecords, type LostStretch, recordsLost } from "./lost-offsets.ts";
import { addOutputs, noOutputs, type OutputContext, type Outputs } from "./outputs.ts";
import { SourceProgress } from "./source-progress.ts";
import { startsOf } from "./starts.ts";
import { UnitWriter } from "./unit-writer.ts";

export interface ProductRunnerOptions {
  readonly product: Product;
  readonly kafka: Kafka;
  readonly admin: KafkaAdmin;
  readonly prefix: string;
  readonly topics: TopicNames;
  /** Of the source topics. */
  readonly partitions: number;
  readonly thresholdOf: ThresholdOf;
  readonly settings: ProductRunnerSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Shared by all products; gauges bear the product's name. */
  readonly metrics: Metrics;
  readonly onFailed: (error: Error) => void;
}

export interface ProductRunnerSettings {
  /** How many partitions, one after the other in number, make a unit: fixed for a group. */
  readonly unitPartitions: number;
  readonly transactionTimeoutMs: number;
  readonly sessionTimeoutMs: number;
}

const idleCommitMs = 1000;
/** What waits for its time is held in memory, in every partition: little of it then. */
const fetchBytes = { atOnce: 1024 * 1024, delayed: 128 * 1024 };
/** Clocks are set now and then: nobody sleeps for longer without looking. */
const sleepMsMax = 60_000;
const backoff = { firstMs: 50, maxMs: 5000 };

/**
 * Makes one product exactly once (D1) from the published topics. It has no state but its positions, so that every fault has one answer: give up all units, join the group
 * again, and go on from what is committed. For each unit, strictly in this order: initialise (fences the old holder), read the committed positions, read, publish.
 */
export class ProductRunner {
  readonly #options: ProductRunnerOptions;
  readonly #groupId: string;
  readonly #context: OutputContext;
  readonly #opened = Promise.withResolvers<GroupReader>();
  #reader: GroupReader | null = null;
  #units = new Map<number, UnitWriter>();
  #ending: AbortSignal = AbortSignal.abort();
  #failures = 0;
  readonly #progress = new SourceProgress();
  #waiting = 0;
  #hasMissed = false;

  /** Joins the product's group. @throws PipelineError where Kafka cannot be used */
  static async start(options: ProductRunnerOptions): Promise<ProductRunner> {
    const runner = new ProductRunner(options);
    await runner.#open();
    return runner;
  }

  private constructor(options: ProductRunnerOptions) {
    const { product, prefix, partitions, thresholdOf, topics } = options;
    this.#options = options;
    this.#groupId = `${prefix}distributor.${product.name}`;
    this.#context = {
      product: product.name,
      cut: createProductCut(product, { prefix, partitions, thresholdOf }),
      deadLetterTopic: topics.deadLetter,
    };
  }

  /** By source partition, the offset below which all is dealt with; counts transaction markers, as "to the end" needs it. */
  positions(): readonly TopicPosition[] {
    return this.#progress.bounded(this.#reader?.positions() ?? []);
  }

  /** Records that are published and not dealt with: those that wait for their time too. */
  get lag(): number {
    return this.#progress.lag;
  }

  /** Partitions whose next record's time has not come. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Finishes the transactions under way, and leaves the group. */
  async close(): Promise<void> {
    await this.#reader?.close();
  }

  async #open(): Promise<void> {
    const { product, kafka, topics, partitions, settings, onFailed } = this.#options;
    const sources = sourceTopics(product, topics);
    this.#reader = await kafka.reader({
      groupId: this.#groupId,
      topics: sources,
      startAt: "beginning",
      sessionTimeoutMs: settings.sessionTimeoutMs,
      maxBytesPerPartition: product.delayMs > 0 ? fetchBytes.delayed : fetchBytes.atOnce,
      // A partition that waits for its time must not hold up another.
      concurrency: partitions * sources.length,
      unitOf: (partition) => this.#unitOf(partition),
      onAssigned: (assigned, membership, ending) => this.#takeOver(assigned, membership, ending),
      onRevoked: () => this.#giveUp(),
      onBatch: (batch) => this.#take(batch),
      onSkipped: (missed, firstOffset) => this.#miss([{ ...missed, firstOffset }].filter(holdsRecords)),
      onFailed,
    });
    this.#opened.resolve(this.#reader);
  }

  #unitOf(partition: number): number {
    return Math.floor(partition / this.#options.settings.unitPartitions);
  }

  async #takeOver(
    assigned: readonly AssignedPartition[],
    membership: GroupMembership,
    ending: AbortSignal,
  ): Promise<readonly TopicPosition[]> {
    const { log, product } = this.#options;
    this.#ending = ending;
    this.#progress.clear();
    const units = [...new Set(assigned.map(({ partition }) => this.#unitOf(partition)))];
    const initialised = await Promise.allSettled(units.map((unit) => this.#initialise(unit, membership)));
    for (const result of initialised) if (result.status === "fulfilled") this.#units.set(...result.value);
    try {
      const failed = initialised.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      const starts = await this.#starts(assigned);
      if (starts === null) {
        await untilAborted(ending);
        return [];
      }
      log.info("assigned", { product: product.name, units: units.join(","), generation: membership.generationId });
      return starts;
    } catch (error) {
      await this.#begin(error, ending);
      return [];
    }
  }

  async #initialise(unit: number, membership: GroupMembership): Promise<readonly [number, UnitWriter]> {
    const { kafka, settings, metrics } = this.#options;
    const ending = this.#ending;
    const sender = await kafka.transactionalSender(`${this.#groupId}-unit-${unit}`, {
      transactionTimeoutMs: settings.transactionTimeoutMs,
      scope: this.#scopeOf(unit),
    });
    const writer = new UnitWriter({
      sender,
      membership,
      idleCommitMs,
      onCommitted: (outputs) => this.#onCommitted(outputs),
      onBroken: (error) => {
        metrics.add("aborts");
        void this.#begin(error, ending);
      },
    });
    return [unit, writer];
  }

  /** What a unit's transactions touch: its partitions of the sources, and of all that the product is written to. */
  #scopeOf(unit: number): TransactionScope {
    const { product, prefix, topics, partitions, settings } = this.#options;
    const first = unit * settings.unitPartitions;
    const own = Array.from({ length: Math.min(settings.unitPartitions, partitions - first) }, (_, at) => first + at);
    const everyOf = (topic: string) => own.map((partition) => ({ topic, partition }));
    const written = productTopics(product, prefix);
    const outlets = own.flatMap((partition) => partitionOutlets(written, partitions, partition));
    return {
      groupId: this.#groupId,
      sources: sourceTopics(product, topics).flatMap(everyOf),
      targets: [...outlets, ...everyOf(topics.deadLetter)],
    };
  }

  /** Where each begins; null where nothing may be read: a stretch is lost, or the beginning of a new partition is not known to be committed. */
  async #starts(assigned: readonly AssignedPartition[]): Promise<readonly TopicPosition[] | null> {
    const { admin, product, prefix, topics } = this.#options;
    const own = productTopics(product, prefix).map(({ topic }) => topic);
    const group = { product: product.name, groupId: this.#groupId, sources: sourceTopics(product, topics), own };
    const { all, fresh, lost } = await startsOf(admin, group, assigned);
    if (lost.length > 0) {
      this.#miss(lost);
      return null;
    }
    const byUnit = [...Map.groupBy(fresh, ({ partition }) => this.#unitOf(partition))];
    const begun = await Promise.all(byUnit.map(([unit, positions]) => this.#units.get(unit)?.commitFirst(positions)));
    return begun.every((isCommitted) => isCommitted === true) ? all : null;
  }

  /** Nothing that comes behind a hole is written: the position that is committed must go on showing it. */
  #miss(lost: readonly LostStretch[]): void {
    if (lost.length === 0) return;
    const { product, metrics, onFailed } = this.#options;
    for (const { offset, firstOffset } of lost) metrics.add("missed", Math.max(0, firstOffset - offset));
    this.#hasMissed = true;
    onFailed(recordsLost(product.name, this.#groupId, lost));
  }

  async #take({ topic, partition, records, endOffset }: IncomingBatch): Promise<void> {
    const { product, clock } = this.#options;
    const ending = this.#ending;
    if (this.#hasMissed) return untilAborted(ending);
    const writer = this.#units.get(this.#unitOf(partition));
    const nextOf = (at: number) => (records[at]?.offset ?? 0) + 1;
    for (let at = 0; at < records.length; ) {
      this.#progress.reach({ topic, partition }, records[at]?.offset ?? 0, endOffset);
      const { end, waitMs } = dueOf(records, at, product.delayMs, clock.nowMicros() / 1000);
      if (end > at) {
        const outputs = noOutputs();
        addOutputs(outputs, this.#context, partition, records, at, end);
        const isWritten = await writer?.write(outputs, { topic, partition, offset: nextOf(end - 1) });
        // Another holder may be past it, or nobody: this generation must end before anything more is read.
        if (isWritten !== true) return untilAborted(ending);
        at = end;
      }
      if (at < records.length && waitMs > 0) await this.#wait(waitMs, ending);
      if (ending.aborted && at < records.length) return;
    }
    this.#progress.finish({ topic, partition }, nextOf(records.length - 1), endOffset);
  }

  /** Nothing is open meanwhile, neither a transaction nor a connection: only the batch is held. */
  async #wait(ms: number, ending: AbortSignal): Promise<void> {
    this.#waiting++;
    await pause(Math.min(Math.ceil(ms), sleepMsMax), ending);
    this.#waiting--;
  }

  #onCommitted(outputs: readonly Outputs[]): void {
    const { metrics, clock, product } = this.#options;
    this.#failures = 0;
    metrics.add("transactions");
    for (const { published, deadLettered } of outputs) {
      metrics.add("records", published);
      metrics.add(`records.${product.name}`, published);
      metrics.add("deadLettered", deadLettered);
    }
    metrics.reach("publishedMicros", clock.nowMicros());
  }

  async #giveUp(): Promise<void> {
    const writers = [...this.#units.values()];
    this.#units = new Map();
    await Promise.all(writers.map((writer) => writer.close()));
  }

  /** Ends this generation after a fault: what was fenced is dropped, what is not known is settled by whoever initialises next. */
  async #begin(error: unknown, ending: AbortSignal): Promise<void> {
    const { log, product, onFailed } = this.#options;
    const fault = error instanceof PipelineError ? error : null;
    if (fault === null || (fault.code !== "kafkaFenced" && !fault.retriable)) {
      onFailed(error instanceof Error ? error : new Error(String(error)));
      return untilAborted(ending);
    }
    if (ending.aborted) return;
    log.warn("joining the group anew", { product: product.name, fault: fault.code, error: fault.message });
    const waitMs = backoffMs(++this.#failures, backoff);
    await pause(waitMs, ending);
    if (!ending.aborted) (await this.#opened.promise).rejoin();
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

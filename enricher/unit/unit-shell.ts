import { setTimeout as sleep } from "node:timers/promises";
import { PipelineError } from "../../domain/errors.ts";
import type {
  GroupMembership,
  IncomingBatch,
  Kafka,
  TransactionalSender,
  TransactionScope,
} from "../../runtime/kafka/types.ts";
import type { Log } from "../../runtime/log/log.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";
import { PartitionFeed } from "./partition-feed.ts";
import { reportRecovery } from "./report-recovery.ts";
import type { TransactionPace } from "./transaction-pace.ts";
import { unitFaultOf } from "./unit-faults.ts";
import type { UnitLog } from "./unit-log.ts";
import type { UnitMachine } from "./unit-machine.ts";
import type { Offsets, StopReason, UnitCommand, UnitEvent } from "./unit-protocol.ts";

export interface UnitShellOptions {
  readonly unit: number;
  readonly partitions: readonly number[];
  readonly machine: UnitMachine<unknown>;
  readonly kafka: Kafka;
  readonly unitLog: UnitLog;
  readonly rawTopic: string;
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  /** What the unit's transactions touch. */
  readonly scope: TransactionScope;
  /** Told how long transactions take. */
  readonly pace: TransactionPace;
  /** The generation to commit under; null while there is none. */
  readonly membership: () => GroupMembership | null;
  readonly nowMicros: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly onStopped: (reason: StopReason, error: Error | null) => void;
}

type Answer = Extract<UnitEvent, { attempt: number }>;

/** A unit at work on Kafka: does what the machine says, and tells it what came of it. */
export class UnitShell {
  readonly #options: UnitShellOptions;
  readonly #feeds: ReadonlyMap<number, PartitionFeed>;
  readonly #stopped = Promise.withResolvers<void>();
  #sender: TransactionalSender | null = null;
  #initialising: Promise<void> = Promise.resolve();
  #takingOver = new AbortController();
  /** What is counted once the transaction is committed. */
  #uncommitted = new Metrics();
  /** Since when, microseconds, there is a transaction with something in it; null where there is none. */
  #openedMicros: number | null = null;
  #rest = Promise.withResolvers<void>();

  /** @param starts where the group's reader begins in each partition */
  constructor(options: UnitShellOptions, starts: Offsets) {
    this.#options = options;
    const { partitions, unitLog, rawTopic } = options;
    this.#feeds = new Map(
      partitions.map((partition) => {
        const feed = new PartitionFeed(
          {
            topic: rawTopic,
            partition,
            read: (read) => unitLog.readRaw(read),
            deliver: (batch) => this.#tell({ type: "batch", ...batch }),
            onFailed: (attempt, error) => this.#fail(attempt, error),
          },
          starts.get(partition) ?? 0,
        );
        return [partition, feed] as const;
      }),
    );
  }

  start(): void {
    this.#obey(this.#options.machine.start());
  }

  /** The offsets up to which all is published, by partition. */
  get committed(): Offsets {
    return this.#options.machine.committed;
  }

  /** Where a reader of the next generation should begin; null for a partition that is not recovered yet. */
  nextOffset(partition: number): number | null {
    return this.#options.machine.received.get(partition) ?? null;
  }

  holds(partition: number): boolean {
    return this.#feeds.has(partition);
  }

  async take(batch: IncomingBatch): Promise<void> {
    await this.#feeds.get(batch.partition)?.take(batch);
  }

  /** A generation ends: resolves when nothing is open that would be committed under it. */
  async pause(): Promise<void> {
    for (const feed of this.#feeds.values()) feed.pause();
    this.#tell({ type: "paused" });
    while (!this.#options.machine.isAtRest) await this.#rest.promise;
  }

  /** A generation begins in which the unit is still this member's. */
  resume(starts: Offsets): void {
    for (const [partition, feed] of this.#feeds) feed.resume(starts.get(partition) ?? 0);
  }

  /** The unit goes to another: resolves when nothing of it is left. */
  async revoke(): Promise<void> {
    this.#tell({ type: "revoked" });
    await this.#stopped.promise;
  }

  #tell(event: UnitEvent): void {
    this.#obey(this.#options.machine.handle(event));
    if (!this.#options.machine.isAtRest) return;
    const rest = this.#rest;
    this.#rest = Promise.withResolvers();
    rest.resolve();
  }

  /** What was to be done for an attempt that has failed meanwhile is not done. */
  #obey(commands: readonly UnitCommand[]): void {
    for (const command of commands) if (command.attempt === this.#options.machine.attempt) this.#do(command);
  }

  #do(command: UnitCommand): void {
    const { unitLog, partitions } = this.#options;
    const { attempt } = command;
    switch (command.type) {
      case "initialise":
        this.#answer(attempt, async () => {
          this.#initialising = this.#initialise();
          await this.#initialising;
          return { type: "initialised", attempt };
        });
        break;
      case "readPositions":
        this.#answer(attempt, async () => ({
          type: "positions",
          attempt,
          positions: await unitLog.positions(partitions),
        }));
        break;
      case "readSnapshot": {
        const { partition } = command;
        this.#answer(attempt, async () => {
          return { type: "snapshot", attempt, partition, records: await unitLog.snapshot(partition) };
        });
        break;
      }
      case "readRaw": {
        const { partition, fromOffset, toOffset } = command;
        this.#answer(attempt, async () => {
          return { type: "raw", attempt, partition, ...(await unitLog.rawChunk(partition, fromOffset, toOffset)) };
        });
        break;
      }
      case "fetch":
        this.#fetch(command);
        break;
      case "ready":
        this.#feeds.get(command.partition)?.ready(attempt);
        break;
      case "yield":
        setImmediate(() => this.#tell({ type: "turn", attempt }));
        break;
      case "send":
        this.#send(command);
        break;
      case "commit":
        this.#answer(attempt, () => this.#commit(command));
        break;
      case "discard":
        this.#answer(attempt, () => this.#discard(attempt));
        break;
      case "wait":
        this.#answer(attempt, async () => {
          await sleep(command.ms);
          return { type: "waited", attempt };
        });
        break;
      case "stopped":
        // What the group's reader has handed over is for nobody here any more, and the group waits for it.
        for (const feed of this.#feeds.values()) feed.pause();
        this.#stopped.resolve();
        this.#options.onStopped(command.reason, command.error);
        break;
      default:
        command satisfies never;
    }
  }

  #answer(attempt: number, work: () => Promise<Answer>): void {
    work().then(
      (event) => this.#tell(event),
      (error: unknown) => this.#fail(attempt, error),
    );
  }

  #fail(attempt: number, error: unknown): void {
    const { log, unit, machine } = this.#options;
    const fault = unitFaultOf(error);
    const failure = error instanceof Error ? error : new Error(String(error));
    const line = error instanceof PipelineError ? error.line : failure.message;
    if (machine.attempt === attempt) {
      log.warn(fault === "fatal" ? "a unit cannot go on" : "a unit has to begin anew", { unit, fault, error: line });
    }
    this.#tell({ type: "failed", attempt, fault, error: failure });
  }

  async #initialise(): Promise<void> {
    const { kafka, transactionalId, transactionTimeoutMs, scope } = this.#options;
    const { signal } = this.#takingOver;
    this.#sender = await kafka.transactionalSender(transactionalId, { transactionTimeoutMs, scope, signal });
  }

  #fetch(command: Extract<UnitCommand, { type: "fetch" }>): void {
    reportRecovery(command, this.#options);
    const { attempt, positions, losses } = command;
    // The first transaction commits past it; an attempt that comes before that finds it again.
    for (const { unpublished } of losses) this.#uncommitted.add("neverPublished", unpublished);
    for (const [partition, offset] of positions) this.#feeds.get(partition)?.open(attempt, offset);
  }

  #send({ attempt, outbox }: Extract<UnitCommand, { type: "send" }>): void {
    const failed = (error: unknown) => this.#fail(attempt, error);
    try {
      const sender = this.#sender;
      if (sender === null) throw new RangeError("there is no sender");
      this.#uncommitted.addCounts(outbox.counts);
      if (outbox.size > 0) this.#openedMicros ??= this.#options.nowMicros();
      sender.sendBatches(outbox.finish()).catch(failed);
    } catch (error) {
      // Before the commit that stands behind it is asked for.
      failed(error);
    }
  }

  async #commit({ attempt, positions }: Extract<UnitCommand, { type: "commit" }>): Promise<Answer> {
    const { membership, rawTopic, metrics, machine, nowMicros, pace } = this.#options;
    const sender = this.#sender;
    if (sender === null) throw new RangeError("there is no sender");
    const group = membership();
    if (group === null) throw outOfGroup();
    await sender.commit(
      group,
      [...positions].map(([partition, offset]) => ({ topic: rawTopic, partition, offset })),
    );
    if (this.#openedMicros !== null) pace.took((nowMicros() - this.#openedMicros) / 1000);
    this.#openedMicros = null;
    metrics.addCounts(this.#uncommitted);
    this.#uncommitted = new Metrics();
    metrics.add("transactions");
    metrics.reach("publishedMicros", nowMicros());
    metrics.reach("watermarkMicros", machine.watermarkMicros ?? 0);
    for (const [partition, offset] of positions) {
      metrics.set(`lag.${partition}`, Math.max(0, (this.#feeds.get(partition)?.endOffset ?? 0) - offset));
    }
    return { type: "committed", attempt };
  }

  /** Nothing that goes wrong here changes anything: whoever initialises next ends what is left open. */
  async #discard(attempt: number): Promise<Answer> {
    const { unitLog, metrics, log, unit } = this.#options;
    for (const feed of this.#feeds.values()) feed.end();
    // A sender that is made while nobody waits for it any more would be left behind, and fence the next one.
    this.#takingOver.abort();
    this.#takingOver = new AbortController();
    await this.#initialising.catch(() => undefined);
    const sender = this.#sender;
    this.#sender = null;
    if (this.#openedMicros !== null) metrics.add("aborts");
    this.#openedMicros = null;
    this.#uncommitted = new Metrics();
    const quietly = (error: unknown) => log.debug("while discarding a sender", { unit, error: String(error) });
    await unitLog.close().catch(quietly);
    await sender?.abort().catch(quietly);
    await sender?.close().catch(quietly);
    return { type: "discarded", attempt };
  }
}

function outOfGroup(): PipelineError {
  return new PipelineError(
    "kafkaFenced",
    "This instance is joining its group: what it has folded is not its to commit.",
  );
}

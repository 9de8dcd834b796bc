import { PipelineError } from "../../domain/errors.ts";
import { publishedTopics, type TopicNames } from "../../domain/topics.ts";
import type { Clock } from "../../runtime/clock/clock.ts";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import type {
  AssignedPartition,
  GroupMembership,
  GroupReader,
  Kafka,
  TopicPosition,
  TransactionScope,
} from "../../runtime/kafka/types.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Metrics } from "../../runtime/metrics/metrics.ts";
import type { CommitBounds } from "./open-transaction.ts";
import type { PartitionFold } from "./partition-fold.ts";
import type { SnapshotInterval } from "./partition-work.ts";
import { TransactionPace } from "./transaction-pace.ts";
import { UnitLog } from "./unit-log.ts";
import { UnitMachine } from "./unit-machine.ts";
import type { StopReason } from "./unit-protocol.ts";
import { UnitShell } from "./unit-shell.ts";

export interface RunnerOptions<State> {
  readonly kafka: Kafka;
  readonly fold: PartitionFold<State>;
  readonly topics: TopicNames;
  readonly groupId: string;
  /** Kafka's topic id of the raw topic (D4). */
  readonly logId: string;
  readonly settings: RunnerSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly onFailed: (error: Error) => void;
}

export interface RunnerSettings {
  /** How many partitions, one after the other in number, make a unit: fixed for a group. */
  readonly unitPartitions: number;
  readonly bounds: CommitBounds;
  readonly snapshots: SnapshotInterval;
  /** Whether to go on where a state cannot be rebuilt. */
  readonly acceptsLostState: boolean;
  readonly turnRecords: number;
  readonly transactionTimeoutMs: number;
  readonly sessionTimeoutMs: number;
}

/** The enricher at work. */
export interface Runner {
  /** The next offset to fold by partition; all before it is published and committed. */
  positions(): readonly TopicPosition[];
  /** Finishes the transactions under way, and leaves the group. */
  close(): Promise<void>;
}

/**
 * Folds the raw log exactly once (D1): the group deals out units of partitions, and each is folded, published and committed by a `UnitMachine` of its own
 * under its own transactional id. A unit that stays with this member over a rebalance goes on; one that was fenced is given up, and the group deals anew.
 */
export async function startRunner<State>(options: RunnerOptions<State>): Promise<Runner> {
  const admin = await options.kafka.admin();
  const runner = new UnitRunner(options, admin);
  try {
    await runner.open();
    return runner;
  } catch (error) {
    await admin.close();
    throw error;
  }
}

/** A generation of the group ends when what was fetched is folded: it must not take long. About a thousand quotes. */
const fetchBytes = 256 * 1024;

class UnitRunner<State> implements Runner {
  readonly #options: RunnerOptions<State>;
  readonly #admin: KafkaAdmin;
  readonly #shells = new Map<number, UnitShell>();
  readonly #pace = new TransactionPace();
  #reader: GroupReader | null = null;
  #membership: GroupMembership | null = null;

  constructor(options: RunnerOptions<State>, admin: KafkaAdmin) {
    this.#options = options;
    this.#admin = admin;
  }

  async open(): Promise<void> {
    const { kafka, groupId, topics, settings, onFailed } = this.#options;
    const partitions = await this.#admin.partitionCount(topics.raw);
    this.#reader = await kafka.reader({
      groupId,
      topics: [topics.raw],
      startAt: "beginning",
      sessionTimeoutMs: settings.sessionTimeoutMs,
      maxBytesPerPartition: fetchBytes,
      gatherMs: () => this.#pace.gatherMs,
      // Thousands of records that wait to be folded would outlive two small collections each.
      oneByOne: true,
      // A batch is handed over as soon as it is there: its unit says when it is folded.
      concurrency: partitions,
      unitOf: (partition) => this.#unitOf(partition),
      onAssigned: (assigned, membership, ending) => {
        // The group waits for its handlers, and those of a unit that is not ready for its records for nothing.
        ending.addEventListener("abort", () => void this.#pause(), { once: true });
        return this.#takeOver(assigned, membership);
      },
      onRevoked: () => this.#pause(),
      onBatch: async (batch) => this.#shells.get(this.#unitOf(batch.partition))?.take(batch),
      onFailed,
    });
  }

  positions(): readonly TopicPosition[] {
    const topic = this.#options.topics.raw;
    return [...this.#shells.values()].flatMap((shell) =>
      [...shell.committed].map(([partition, offset]) => ({ topic, partition, offset })),
    );
  }

  async close(): Promise<void> {
    await this.#reader?.close();
    await Promise.all([...this.#shells.values()].map((shell) => shell.revoke()));
    this.#shells.clear();
    await this.#admin.close();
  }

  async #pause(): Promise<void> {
    await Promise.all([...this.#shells.values()].map((shell) => shell.pause()));
  }

  #unitOf(partition: number): number {
    return Math.floor(partition / this.#options.settings.unitPartitions);
  }

  /** Where the reader starts; recovery goes on by itself, and takes what it has read once it is through. */
  async #takeOver(
    assigned: readonly AssignedPartition[],
    membership: GroupMembership,
  ): Promise<readonly TopicPosition[]> {
    this.#membership = membership;
    const units = Map.groupBy(assigned, ({ partition }) => this.#unitOf(partition));
    const lost = [...this.#shells].filter(([unit, shell]) => {
      const partitions = units.get(unit);
      return partitions === undefined || isOutdated(shell, partitions);
    });
    for (const [unit] of lost) this.#shells.delete(unit);
    await Promise.all(lost.map(([, shell]) => shell.revoke()));
    const starts: TopicPosition[] = [];
    for (const [unit, partitions] of units) {
      const kept = this.#shells.get(unit);
      const unitStarts = new Map(
        partitions.map((known) => [known.partition, kept?.nextOffset(known.partition) ?? startOf(known)]),
      );
      for (const { topic, partition } of partitions) {
        starts.push({ topic, partition, offset: unitStarts.get(partition) ?? 0 });
      }
      if (kept === undefined) this.#begin(unit, [...unitStarts.keys()], unitStarts);
      else kept.resume(unitStarts);
    }
    this.#options.log.info("assigned", { units: [...units.keys()].join(","), generation: membership.generationId });
    return starts;
  }

  #begin(unit: number, partitions: readonly number[], starts: ReadonlyMap<number, number>): void {
    const { kafka, fold, topics, groupId, logId, settings, clock, log, metrics } = this.#options;
    const { bounds, snapshots, acceptsLostState, turnRecords, transactionTimeoutMs } = settings;
    const of = { partitions, fold, logId, groupId, rawTopic: topics.raw, stateTopic: topics.state };
    const options = { ...of, bounds, snapshots, acceptsLostState, turnRecords, clock };
    const unitLog = { kafka, admin: this.#admin, groupId, rawTopic: topics.raw, stateTopic: topics.state };
    const shell: UnitShell = new UnitShell(
      {
        unit,
        partitions,
        machine: new UnitMachine(options),
        kafka,
        unitLog: new UnitLog(unitLog),
        rawTopic: topics.raw,
        transactionalId: `${groupId}-unit-${unit}`,
        transactionTimeoutMs,
        scope: scopeOf(groupId, topics, partitions),
        pace: this.#pace,
        membership: () => this.#reader?.membership() ?? null,
        nowMicros: () => clock.nowMicros(),
        log,
        metrics,
        onStopped: (reason, error) => this.#onStopped(unit, shell, reason, error),
      },
      starts,
    );
    this.#shells.set(unit, shell);
    shell.start();
  }

  #onStopped(unit: number, shell: UnitShell, reason: StopReason, error: Error | null): void {
    const { log, onFailed } = this.#options;
    const isMine = this.#shells.get(unit) === shell;
    if (reason === "failed") onFailed(error ?? failedWithoutError());
    if (reason !== "fenced" || !isMine) return;
    this.#shells.delete(unit);
    log.warn("another instance has had this unit: joining the group anew", { unit });
    // Where the group deals anew already, it deals this unit too.
    if (this.#reader?.membership()?.generationId === this.#membership?.generationId) this.#reader?.rejoin();
  }
}

/** True where another member has committed since: what this one remembers is worth nothing; and where the unit has grown with its topic. */
function isOutdated(shell: UnitShell, partitions: readonly AssignedPartition[]): boolean {
  return partitions.some(({ partition, committedOffset }) => {
    if (!shell.holds(partition)) return true;
    const committed = shell.committed.get(partition);
    return committed !== undefined && committedOffset !== null && committedOffset !== committed;
  });
}

/** What a unit's transactions touch: its partitions, of the raw topic and of all that it writes to. */
function scopeOf(groupId: string, topics: TopicNames, partitions: readonly number[]): TransactionScope {
  const everyOf = (topic: string) => partitions.map((partition) => ({ topic, partition }));
  return {
    groupId,
    sources: everyOf(topics.raw),
    targets: [...publishedTopics(topics), topics.state].flatMap(everyOf),
  };
}

function startOf({ committedOffset, beginOffset }: AssignedPartition): number {
  return Math.max(committedOffset ?? beginOffset, beginOffset);
}

function failedWithoutError(): PipelineError {
  return new PipelineError("stageFailed", "A unit stopped without saying why.");
}

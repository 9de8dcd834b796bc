import type { IncomingRecord } from "../../runtime/kafka/types.ts";
import { lostOffset } from "../snapshot/committed-check.ts";
import { type LogLoss, logLoss } from "../snapshot/log-loss.ts";
import { type SnapshotFault, SnapshotReader } from "../snapshot/snapshot-reader.ts";
import { PartitionWork } from "./partition-work.ts";
import type { UnitOptions } from "./unit-options.ts";
import type { CommittedPosition, Offsets, UnitFault } from "./unit-protocol.ts";

/** What recovery needs next. */
export type RecoveryStep =
  | { readonly type: "readPositions" }
  | { readonly type: "readSnapshot"; readonly partition: number }
  | { readonly type: "readRaw"; readonly partition: number; readonly fromOffset: number; readonly toOffset: number };

/**
 * Builds a unit's states as they were at the committed offsets, partition by partition: the latest snapshot, or a session's own, or
 * none, then the raw log from there on with outputs dropped (D2). A snapshot that cannot be used makes the way longer, and no more as long as the raw log is kept.
 */
export class UnitRecovery<State> {
  readonly works: PartitionWork<State>[] = [];
  /** Why snapshots could not be used, by partition. */
  readonly snapshotFaults = new Map<number, SnapshotFault>();
  /** What is not known any more. */
  readonly losses: LogLoss[] = [];
  /** How many raw records were folded again. */
  replayed = 0;
  readonly #options: UnitOptions<State>;
  readonly #nowMs: number;
  readonly #positions: readonly CommittedPosition[];
  #doubt: Error | null = null;
  #done = 0;

  constructor(options: UnitOptions<State>, positions: readonly CommittedPosition[], nowMs: number) {
    this.#options = options;
    this.#positions = positions;
    this.#nowMs = nowMs;
  }

  /** Where the group stands, by partition; where it has nothing committed, at the first record kept. */
  get committed(): Offsets {
    return new Map(this.#positions.map(({ partition, committed, begin }) => [partition, committed ?? begin]));
  }

  /** Null when every partition's state is there. */
  get step(): RecoveryStep | null {
    if (this.#doubt !== null) return { type: "readPositions" };
    const position = this.#positions[this.#done];
    if (position === undefined) return null;
    const { partition } = position;
    const work = this.works[this.#done];
    if (work === undefined) return { type: "readSnapshot", partition };
    return { type: "readRaw", partition, fromOffset: work.next, toOffset: resumeAt(position) };
  }

  /**
   * @param records all of the partition's committed records on the state topic, in log order
   * @throws PipelineError where nothing of the state can be rebuilt, and that is not accepted
   */
  takeSnapshot(records: readonly IncomingRecord[]): void {
    const position = this.#positions[this.#done];
    if (position === undefined) return;
    const { fold, logId, groupId, rawTopic: topic, acceptsLostState } = this.#options;
    const { partition, committed, begin } = position;
    const reader = new SnapshotReader(fold.codec, logId);
    reader.take(records);
    this.#doubt = lostOffset({ groupId, topic, partition, committed, newestSnapshot: reader.newestOffset() });
    if (this.#doubt !== null) return;
    const work = new PartitionWork(partition, fold, logId, this.#nowMs);
    const restored = work.restore(reader, committed, begin);
    if (restored.fault !== null) this.snapshotFaults.set(partition, restored.fault);
    const loss = logLoss({ topic, partition, committed, restored, begin });
    if (loss?.isWhole === true && !acceptsLostState) throw loss.error;
    if (loss !== null) this.losses.push(loss);
    // Those of a unit's partitions come one after the other, not all in one transaction.
    work.snapshotAfter(1 - this.#done / this.#positions.length);
    this.works.push(work);
    this.#passWhatIsDone(position, work);
  }

  /** @param nextOffset the offset after the last that was read, records or none */
  takeRaw(records: readonly IncomingRecord[], nextOffset: number): void {
    const position = this.#positions[this.#done];
    const work = this.works[this.#done];
    if (position === undefined || work === undefined) return;
    work.replay(records, nextOffset);
    this.replayed += records.length;
    this.#passWhatIsDone(position, work);
  }

  /**
   * What a snapshot past the committed offset means, now that the offsets are read again; null where there was none. Where they have moved, this unit slept
   * between the two and another holder has committed both; where not, the group's offset is lost.
   */
  settleDoubt(positions: readonly CommittedPosition[]): { readonly fault: UnitFault; readonly error: Error } | null {
    if (this.#doubt === null) return null;
    const hasMoved = positions.some(({ committed }, index) => committed !== this.#positions[index]?.committed);
    return { fault: hasMoved ? "fenced" : "fatal", error: this.#doubt };
  }

  #passWhatIsDone(position: CommittedPosition, work: PartitionWork<State>): void {
    if (work.next >= resumeAt(position)) this.#done++;
  }
}

/** Where publishing goes on: at what is committed, or at the first record kept. */
function resumeAt({ committed, begin }: CommittedPosition): number {
  return Math.max(committed ?? begin, begin);
}

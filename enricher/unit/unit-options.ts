import { backoffMs } from "../../runtime/clock/backoff.ts";
import type { Clock } from "../../runtime/clock/clock.ts";
import type { CommitBounds } from "./open-transaction.ts";
import type { PartitionFold } from "./partition-fold.ts";
import type { SnapshotInterval } from "./partition-work.ts";

/** What a unit folds, and how. */
export interface UnitOptions<State> {
  /** The raw partitions that the group's assigner never splits. */
  readonly partitions: readonly number[];
  readonly fold: PartitionFold<State>;
  /** Kafka's topic id of the raw topic (D4). */
  readonly logId: string;
  readonly groupId: string;
  readonly rawTopic: string;
  readonly stateTopic: string;
  readonly bounds: CommitBounds;
  readonly snapshots: SnapshotInterval;
  /** Whether to go on where no snapshot can be used, and raw records are gone that the state was made of. */
  readonly acceptsLostState: boolean;
  /** How many raw records are folded before others have the thread. */
  readonly turnRecords: number;
  readonly clock: Clock;
}

/** What a unit is at. */
export type Phase =
  | "initialising"
  | "positioning"
  | "recovering"
  | "folding"
  | "committing"
  | "discarding"
  | "waiting"
  | "stopped";

/** How long a unit waits after so many failures in a row (one or more) before it begins anew. */
export function restartDelayMs(failures: number): number {
  return backoffMs(failures, { firstMs: 20, maxMs: 2000 });
}

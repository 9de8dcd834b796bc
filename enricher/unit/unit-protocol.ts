import type { IncomingRecord } from "../../runtime/kafka/types.ts";
import type { LogLoss } from "../snapshot/log-loss.ts";
import type { SnapshotFault } from "../snapshot/snapshot-reader.ts";
import type { Outbox } from "./outbox.ts";

/** The next raw offset of a partition, in a map by partition number. */
export type Offsets = ReadonlyMap<number, number>;

/** What is known of a raw partition at the start: the group's committed offset (null where there is none) and the first offset still kept. */
export interface CommittedPosition {
  readonly partition: number;
  readonly committed: number | null;
  readonly begin: number;
}

/** All raw records of a partition from `fromOffset` up to `nextOffset`. */
export interface RawBatch {
  readonly partition: number;
  readonly fromOffset: number;
  /** In log order, from `fromOffset` on. */
  readonly records: Iterable<IncomingRecord>;
  readonly nextOffset: number;
  /** The first raw offset that Kafka still has: snapshots before it can go. */
  readonly beginOffset: number;
  /** Gives the records' memory back: to be called when all are folded. */
  readonly release?: (() => void) | undefined;
}

/**
 * What went wrong with a command:
 * `fenced`: another holder of the transactional id, or a group that has moved on;
 * `unknown`: it may have happened or not, now or later;
 * `fatal`: no repetition can mend it.
 */
export type UnitFault = "fenced" | "unknown" | "fatal";

/** Why a unit was given up. */
export type StopReason = "revoked" | "fenced" | "failed";

/**
 * What a unit wants done. Each is answered by one event that bears the same attempt, or by `failed`; `ready` and `stopped` are answered by nothing.
 * An attempt is the time from one initialisation to the next: an answer to an earlier one is never listened to.
 */
export type UnitCommand = { readonly attempt: number } & (
  | { readonly type: "initialise" }
  | { readonly type: "readPositions" }
  /** All that the state topic's partition holds, committed, in log order. */
  | { readonly type: "readSnapshot"; readonly partition: number }
  /** Some raw records from an offset on, none at or after `toOffset`. */
  | { readonly type: "readRaw"; readonly partition: number; readonly fromOffset: number; readonly toOffset: number }
  /** Deliver batches from these offsets on, from now on; no more than one of a partition before its `ready`. */
  | {
      readonly type: "fetch";
      readonly positions: Offsets;
      /** Why snapshots could not be used, by partition. */
      readonly snapshotFaults: ReadonlyMap<number, SnapshotFault>;
      /** What the states lack, and cannot have any more. */
      readonly losses: readonly LogLoss[];
      /** Raw records that were folded again to get there. */
      readonly replayed: number;
    }
  | { readonly type: "ready"; readonly partition: number }
  /** Let others have the thread, then give a `turn`. */
  | { readonly type: "yield" }
  /** Answered only where it fails. */
  | { readonly type: "send"; readonly outbox: Outbox }
  /** Commit what was sent, with these positions: they go out beside it, and the end of the transaction not before all is acknowledged. */
  | { readonly type: "commit"; readonly positions: Offsets }
  /** Abort what is open if that can be done, and throw the sender away. Always answered by `discarded`. */
  | { readonly type: "discard" }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "stopped"; readonly reason: StopReason; readonly error: Error | null }
);

/** What a unit is told. */
export type UnitEvent =
  | { readonly type: "revoked" }
  /** The generation ends: what is under way is to be committed under it, and what is not folded comes again in the next. */
  | { readonly type: "paused" }
  | ({ readonly attempt: number } & (
      | { readonly type: "initialised" }
      | { readonly type: "positions"; readonly positions: readonly CommittedPosition[] }
      | { readonly type: "snapshot"; readonly partition: number; readonly records: readonly IncomingRecord[] }
      /** All records from the asked offset up to `nextOffset`. */
      | {
          readonly type: "raw";
          readonly partition: number;
          readonly records: readonly IncomingRecord[];
          readonly nextOffset: number;
        }
      /** It may repeat what came before. */
      | ({ readonly type: "batch" } & RawBatch)
      | { readonly type: "turn" }
      | { readonly type: "committed" }
      | { readonly type: "discarded" }
      | { readonly type: "waited" }
      | { readonly type: "failed"; readonly fault: UnitFault; readonly error: Error }
    ));

import { PipelineError } from "../../domain/errors.ts";
import type { Restored, SnapshotFault } from "./snapshot-reader.ts";

/** What there is to rebuild a partition's state from. */
export interface KeptLog {
  readonly topic: string;
  readonly partition: number;
  /** The group's committed offset; null where there is none. */
  readonly committed: number | null;
  readonly restored: Restored;
  /** The first raw offset that Kafka still has. */
  readonly begin: number;
}

/** Raw records that a state lacks, and cannot have any more. */
export interface LogLoss {
  readonly error: PipelineError;
  /** Whether there is no snapshot at all to go on from: settings and halts from before the first record kept are not known then. */
  readonly isWhole: boolean;
  /** How many offsets were never published. */
  readonly unpublished: number;
}

/**
 * What is lost where raw records are gone that no snapshot holds what came of: the state is not what it was (D2).
 * Null where all is there, and where nothing is published yet: a new group begins with what is kept.
 */
export function logLoss({ topic, partition, committed, restored, begin }: KeptLog): LogLoss | null {
  const { offset, fault } = restored;
  if (committed === null || begin <= (offset ?? 0)) return null;
  const unpublished = Math.max(0, begin - committed);
  const never = unpublished > 0 ? ` ${unpublished} of them were never published.` : "";
  const gone = `The records of ${topic} partition ${partition} from offset ${offset ?? 0} to ${begin} are no longer kept`;
  if (offset !== null) {
    const remedy = "If settings were changed in that time, restart the producer: it writes them again.";
    const error = new PipelineError("kafkaFailed", `${gone}, and the snapshot stands before them.${never}`, { remedy });
    return { error, isWhole: false, unpublished };
  }
  const why = faultTexts[fault ?? "none"];
  const message = `${gone}, and no snapshot holds what came of them: ${why}.${never}`;
  const other = fault === "none" ? "" : "If another version of the program wrote the snapshots, run that one. ";
  const error = new PipelineError("kafkaFailed", message, { remedy: other + acceptance });
  return { error, isWhole: true, unpublished };
}

const faultTexts: Readonly<Record<SnapshotFault, string>> = {
  none: "there is none",
  unreadable: "the latest is damaged, of another version of the program or of another raw log",
  incomplete: "records of the latest are missing or cannot be read",
  pastCommitted: "the latest is of records that are not committed",
};

const acceptance =
  "To go on from what is kept: stop the enrichers, restart the producer, which writes the settings again, and start one enricher with ENRICHER_LOST_STATE=accept. " +
  "What waits before those settings is folded with the ones that the log still has, or the default ones.";

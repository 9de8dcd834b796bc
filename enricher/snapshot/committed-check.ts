import { PipelineError } from "../../domain/errors.ts";
import type { Restored, SnapshotFault } from "./snapshot-reader.ts";

/** What recovery knows of a partition before it folds anything. */
export interface RecoveredPosition {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** The group's committed offset; null where there is none. */
  readonly committed: number | null;
  /** `SnapshotReader.newestOffset`. */
  readonly newestSnapshot: number | null;
}

/**
 * The fault where the group's offset was lost (Kafka lets go of a group's offsets some time after its last member has left) or was moved back.
 * A snapshot commits together with the offset at which it stands, so that the offset is never before it: where it is, what lies between is published
 * already, and would be published twice (D1).
 * Null where all is well.
 */
export function lostOffset({
  groupId,
  topic,
  partition,
  committed,
  newestSnapshot,
}: RecoveredPosition): PipelineError | null {
  if (newestSnapshot === null || (committed !== null && committed >= newestSnapshot)) return null;
  const stands = committed === null ? "has lost its offset" : `stands at offset ${committed}`;
  return new PipelineError(
    "kafkaFailed",
    `The group ${groupId} ${stands} of ${topic} partition ${partition}, and a snapshot shows that all before ${newestSnapshot} is published: it would be published twice.`,
    {
      remedy: `Set the group's offset to one past the highest source-offset header on that partition of the output topics, and to no less than ${newestSnapshot}; or delete the output topics, the state topic and the group's offsets to publish all anew.`,
    },
  );
}

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
export interface Loss {
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
export function lossOf({ topic, partition, committed, restored, begin }: KeptLog): Loss | null {
  const { offset, fault } = restored;
  if (committed === null || begin <= (offset ?? 0)) return null;
  const unpublished = Math.max(0, begin - committed);
  const never = unpublished > 0 ? ` ${unpublished} of them were never published.` : "";
  const gone = `The records of ${topic} partition ${partition} from offset ${offset ?? 0} to ${begin} are no longer kept`;
  const isWhole = offset === null;
  const message = isWhole
    ? `${gone}, and no snapshot holds what came of them: ${snapshotFaults[fault ?? "none"]}.${never}`
    : `${gone}, and the snapshot stands before them.${never}`;
  const remedy = isWhole
    ? `${fault === "none" ? "" : "If another version of the program wrote the snapshots, run that one. "}To go on from what is kept: stop the enrichers, restart the producer, which writes the settings again, and start one enricher with ENRICHER_LOST_STATE=accept. What waits before those settings is folded with the ones that the log still has, or the default ones.`
    : "If settings were changed in that time, restart the producer: it writes them again.";
  return { error: new PipelineError("kafkaFailed", message, { remedy }), isWhole, unpublished };
}

const snapshotFaults: Readonly<Record<SnapshotFault, string>> = {
  none: "there is none",
  unreadable: "the latest is damaged, of another version of the program or of another raw log",
  incomplete: "records of the latest are missing or cannot be read",
  pastCommitted: "the latest is of records that are not committed",
};

import { PipelineError } from "../../domain/errors.ts";

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
      remedy: `Set the group's offset to one past the highest source-offset header on that partition of the output topics, and to no less than ${newestSnapshot}; or delete the output topics and the state topic to publish all anew.`,
    },
  );
}

/** What there is to rebuild a partition's state from. */
export interface KeptLog {
  readonly topic: string;
  readonly partition: number;
  /** The group's committed offset; null where there is none. */
  readonly committed: number | null;
  /** Where the snapshot stands; null where none can be used. */
  readonly snapshotOffset: number | null;
  /** The first raw offset that Kafka still has. */
  readonly begin: number;
}

/**
 * What is wrong where raw records are gone that no snapshot holds what came of: the state is not what it was (D2). With a snapshot only what stood between it
 * and the first record kept is not known; without one nothing is, settings and previous closes neither.
 * Null where all is there, and where nothing is published yet: a new group begins with what is kept.
 */
export function lostState({ topic, partition, committed, snapshotOffset, begin }: KeptLog): PipelineError | null {
  if (committed === null || begin <= (snapshotOffset ?? 0)) return null;
  const known =
    snapshotOffset === null
      ? "No snapshot can be used"
      : `The latest snapshot that can be used stands at offset ${snapshotOffset}`;
  const unpublished = committed < begin ? ` ${begin - committed} of the offsets before it were never published.` : "";
  return new PipelineError(
    "kafkaFailed",
    `The state of ${topic} partition ${partition} cannot be rebuilt. ${known}, and the topic is kept from offset ${begin} on.${unpublished}`,
    {
      remedy:
        "To go on from what is kept, restart the producer, which writes settings and references again, and start the enricher once with ENRICHER_LOST_STATE=accept.",
    },
  );
}

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
      remedy: `Set the group's offset to one past the highest source-offset header on that partition of the output topics, and to no less than ${newestSnapshot}; or delete the output topics, the state topic and the group's offsets to publish all anew.`,
    },
  );
}

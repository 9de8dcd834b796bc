import { setTimeout as sleep } from "node:timers/promises";
import { PipelineError } from "../../domain/errors.ts";
import type { TransactionCoordinator } from "./transaction-coordinator.ts";
import type { TransactionHolder } from "./transaction-requests.ts";
import type { GroupMembership, TopicPartition, TopicPosition } from "./types.ts";

/** What a transaction was made of that the coordinator has decided to commit. */
export interface DecidedCommit {
  readonly partitions: readonly TopicPartition[];
  readonly group: GroupMembership;
  readonly positions: readonly TopicPosition[];
}

/** Markers take milliseconds. A broker that comes back may need longer, and a repeat of the end does no harm. */
const markersWithinMs = 1500;
/** Before this a look would mostly be too early. */
const markersFromMs = 1;
const repeatsMax = 20;

/**
 * Waits until a commit that was decided can be seen: its positions are stable, and they are what was committed. A coordinator whose partitions have no
 * leader for a moment (a cluster of one broker that is being stopped) notes a transaction as complete and writes no end marker at all; the next abort
 * of this id would then take the positions back, and the next commit show the records, which would be published twice. Nothing else is begun before it
 * is known, and what is missing is mended by a transaction over the same partitions that holds the positions once more.
 * @throws PipelineError as a commit; `kafkaFailed` where the positions are others
 */
export async function settleCommit(
  coordinator: TransactionCoordinator,
  holder: () => TransactionHolder,
  { partitions, group, positions }: DecidedCommit,
): Promise<void> {
  await sleep(markersFromMs);
  for (let repeats = 0; ; repeats++) {
    const seen = await coordinator.stablePositions(group.groupId, positions, markersWithinMs);
    if (seen !== null) return requireSame(positions, seen);
    if (repeats === repeatsMax) throw lost("are not stable");
    if (partitions.length > 0) await coordinator.addPartitions(holder(), partitions);
    await coordinator.addOffsets(holder(), group.groupId);
    await coordinator.commitOffsets(holder(), group, positions);
    await coordinator.commit(holder());
  }
}

function requireSame(expected: readonly TopicPosition[], seen: readonly TopicPosition[]): void {
  for (const { topic, partition, offset } of expected) {
    const found = seen.find((position) => position.topic === topic && position.partition === partition);
    if (found === undefined || found.offset < offset) throw lost(`stand at ${found?.offset}, not at ${offset}`);
  }
}

function lost(how: string): PipelineError {
  return new PipelineError("kafkaFailed", `The positions of a transaction that was committed ${how}.`, {
    remedy: "The unit is resumed from the committed offset.",
    retriable: true,
  });
}

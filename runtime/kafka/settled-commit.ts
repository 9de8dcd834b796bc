import { setTimeout as sleep } from "node:timers/promises";
import { PipelineError } from "../../domain/errors.ts";
import { markedTimeoutMs } from "./takeover-step.ts";
import type { TransactionCoordinator } from "./transaction-coordinator.ts";
import type { TransactionHolder } from "./transaction-requests.ts";
import { endAgain, markersWithinMs } from "./transaction-takeover.ts";
import type { TopicPosition, TransactionScope } from "./types.ts";

/** What a transaction touched that the coordinator has decided to commit, with the positions that it committed. */
export interface DecidedCommit extends TransactionScope {
  readonly sources: readonly TopicPosition[];
}

/** Before this a look would mostly be too early. */
const markersFromMs = 1;
const repeatsMax = 20;

/**
 * Waits until a commit that was decided can be seen: its positions are stable, and they are what was committed. A coordinator whose partitions have no
 * leader for a moment (a cluster of one broker that is being stopped) notes a transaction as complete and writes no end marker at all; the next abort
 * of this id would then take the positions back, and the next commit show the records, which would be published twice. Nothing else is begun before it
 * is known, and what is missing is ended again under an epoch that says so to whoever takes the id over meanwhile. So it is after any connection broke, too: the first
 * try of what was repeated may come late, and must be of an epoch that has passed by then.
 * @param timeoutMs of an ordinary holder (`plainTimeoutMs`)
 * @returns who holds the id then
 * @throws PipelineError as a commit; `kafkaFailed` where the positions are others
 */
export async function settleCommit(
  coordinator: TransactionCoordinator,
  first: TransactionHolder,
  timeoutMs: number,
  decided: DecidedCommit,
): Promise<TransactionHolder> {
  const { groupId, sources } = decided;
  let holder = first;
  await sleep(markersFromMs);
  for (let repeats = 0; ; repeats++) {
    const seen = await coordinator.stablePositions(groupId, sources, markersWithinMs);
    if (seen !== null) requireSame(sources, seen);
    // A broker that went meanwhile may have written the positions' end and not every record's.
    const isSettled = seen !== null && !coordinator.hasRepeated;
    if (isSettled && holder === first) return holder;
    const renewed = isSettled ? await coordinator.tryInitialise(timeoutMs, holder) : null;
    if (renewed !== null) return renewed;
    if (repeats === repeatsMax) throw lost("are not stable");
    holder = await coordinator.initialise(markedTimeoutMs(holder.producerEpoch), holder);
    await endAgain(coordinator, holder, decided, true);
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

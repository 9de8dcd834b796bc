import { setTimeout as sleep } from "node:timers/promises";
import { PipelineError } from "../../domain/errors.ts";
import { pause } from "../clock/pause.ts";
import { follows, markedTimeoutMs, takeoverStep } from "./takeover-step.ts";
import type { TransactionCoordinator } from "./transaction-coordinator.ts";
import { faultType } from "./transaction-faults.ts";
import type { TransactionHolder } from "./transaction-requests.ts";
import type { GroupMembership, TransactionScope } from "./types.ts";

const patienceMs = 30_000;
const lookAgainMs = 2;
/** Markers take milliseconds. A broker that comes back may need longer, and a repeat of the end does no harm. */
export const markersWithinMs = 1500;

export interface TakeoverOptions {
  readonly coordinator: TransactionCoordinator;
  /** Of an ordinary holder (`plainTimeoutMs`). */
  readonly timeoutMs: number;
  /** What the id's transactions touch; null where nothing is to be ended again. */
  readonly scope: TransactionScope | null;
  readonly signal: AbortSignal;
}

/**
 * Takes a transactional id over and ends its last transaction once more, in the way in which it was decided, on every partition that it may have touched. Where a
 * coordinator has noted a transaction as complete without a marker on some of them (their leaders were gone for a moment), its records and positions hang, and
 * the next transaction of the id would take them along: so they are ended before there is a next one. Where nothing hangs, a marker more does nothing.
 * @throws PipelineError as `transactionFault`; `kafkaFailed`, retriable, where after half a minute there is still something to look at again
 */
export async function takeOver({ coordinator, timeoutMs, scope, signal }: TakeoverOptions): Promise<TransactionHolder> {
  if (scope === null) return coordinator.initialise(timeoutMs, null);
  for (const lastMs = performance.now() + patienceMs; ; ) {
    const step = takeoverStep(await coordinator.describe());
    if (step.type === "begin") return coordinator.initialise(timeoutMs, null);
    if (step.type === "fence") await coordinator.tryInitialise(timeoutMs, null);
    if (step.type === "finish") await finish(coordinator, step.holder, scope);
    if (step.type === "endAgain") {
      const { commits, found } = step;
      const mark = markedTimeoutMs(found.producerEpoch);
      const holder = await coordinator.tryInitialise(commits ? mark : timeoutMs, null);
      // Of a commit that others have seen to meanwhile nothing is left: what hangs would be theirs, and is not known to be committed.
      const isCurrent = holder !== null && (!commits || follows(found, holder));
      if (isCurrent && (await endAgain(coordinator, holder, scope, commits))) {
        // Only what has been seen to its end may be forgotten.
        const taken = commits ? await coordinator.tryInitialise(timeoutMs, holder) : holder;
        if (taken !== null) return taken;
      }
    }
    if (performance.now() > lastMs || signal.aborted) throw notEnded();
    await pause(lookAgainMs, signal);
  }
}

/**
 * Ends a transaction that has nothing to show on all of the scope. True when it can be seen that its end has reached the group's positions and every partition,
 * and no connection broke meanwhile: a broker that went may have lost what it was just writing.
 */
export async function endAgain(
  coordinator: TransactionCoordinator,
  holder: TransactionHolder,
  { groupId, targets, sources }: TransactionScope,
  commits: boolean,
): Promise<boolean> {
  if (targets.length > 0) await coordinator.addPartitions(holder, targets);
  await coordinator.addOffsets(holder, groupId);
  // A position that is taken back shows by that how far the end has come; of a commit the positions show it that hang.
  const probe = commits ? [] : sources.slice(0, 1).map((source) => ({ ...source, offset: 0 }));
  if (probe.length > 0) await coordinator.commitOffsets(holder, outsider(groupId), probe);
  await coordinator.end(holder, commits);
  const isStable = (await coordinator.stablePositions(groupId, sources, markersWithinMs)) !== null;
  return isStable && (await isComplete(coordinator)) && !coordinator.hasRepeated;
}

/** Whether every partition has the end, as far as the coordinator knows; it waits for one that has no leader. */
async function isComplete(coordinator: TransactionCoordinator): Promise<boolean> {
  for (const lastMs = performance.now() + markersWithinMs; performance.now() < lastMs; await sleep(lookAgainMs)) {
    if (takeoverStep(await coordinator.describe()).type !== "wait") return true;
  }
  return false;
}

/** Who commits to a group without being its member. */
function outsider(groupId: string): GroupMembership {
  return { groupId, memberId: "", generationId: -1 };
}

/**
 * Whoever began it may have told of a part only, and may end it at the same moment, and another may have taken the id: so all is told again, and the id
 * is looked at again after it in any case.
 */
async function finish(coordinator: TransactionCoordinator, holder: TransactionHolder, scope: TransactionScope) {
  try {
    await endAgain(coordinator, holder, scope, true);
  } catch (error) {
    const isPast = error instanceof PipelineError && (error.code === "kafkaFenced" || isEnded(error));
    if (!isPast) throw error;
  }
}

function isEnded(error: PipelineError): boolean {
  return faultType(error.cause) === "INVALID_TXN_STATE";
}

function notEnded(): PipelineError {
  return new PipelineError("kafkaFailed", "What the last transaction left open could not be ended in time.", {
    remedy: "It is tried again; see whether all of Kafka's partitions have a leader.",
    retriable: true,
  });
}

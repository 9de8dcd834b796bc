import type { ClusterLook, OperationLook } from "./cluster-look.ts";

/*
 * What is to be done about a cluster's multi-VPC connectivity, by what is seen of the cluster alone. A request that CloudFormation repeats, or an
 * answer that was lost, therefore changes nothing.
 *
 *             off, at rest               off, UPDATE_CONNECTIVITY under way        on, at rest
 *   starter:  switch on           ->     hand on to the first waiter        or     done
 *   waiter 1: wait for the operation     wait; after its time hand on              done
 *   waiter 2: as above                   wait; after its time fail                 done
 */

/** A step of a custom resource is one hour at most, the framework's own answer included. */
const stepMsMax = 50 * 60_000;

/** What the waiters are told where nothing had to be switched. */
export const nothingToWaitFor = "on already";

export type StartDecision =
  | { readonly do: "switchOn"; readonly version: string }
  | { readonly do: "handOn"; readonly operation: string }
  | { readonly do: "wait" }
  | Failure;

export type WaitDecision = { readonly do: "done" } | { readonly do: "wait" } | Failure;

interface Failure {
  readonly do: "fail";
  readonly reason: string;
}

const connectivityUpdate = "UPDATE_CONNECTIVITY";

/** What the starter does: it ends when the update has begun. An update of another kind is waited for. */
export function decideStart(cluster: ClusterLook | null, elapsedMs: number): StartDecision {
  const failure = brokenCluster(cluster);
  if (failure !== null || cluster === null) return failure ?? gone;
  const { state, isOn, version, activeOperation } = cluster;
  if (activeOperation?.type === connectivityUpdate) return { do: "handOn", operation: activeOperation.arn };
  if (isOn) return { do: "handOn", operation: nothingToWaitFor };
  if (state === "ACTIVE") return { do: "switchOn", version };
  if (elapsedMs < stepMsMax) return { do: "wait" };
  const what = activeOperation === null ? state : `${state} (${activeOperation.type})`;
  return fail(
    `The cluster has been ${what} for ${minutes(elapsedMs)}: multi-VPC connectivity could not be switched on.`,
  );
}

/**
 * What a waiter does.
 * @param operation the update that the starter has begun; "none" where there was nothing to begin, "unknown" where MSK does not show it (yet)
 * @param handsOn true: another waiter follows
 */
export function decideWait(
  cluster: ClusterLook | null,
  operation: OperationLook | "none" | "unknown",
  { handsOn, elapsedMs }: { readonly handsOn: boolean; readonly elapsedMs: number },
): WaitDecision {
  const failure = brokenCluster(cluster);
  if (failure !== null || cluster === null) return failure ?? gone;
  const { state, isOn } = cluster;
  const { state: updateState, reason } = typeof operation === "string" ? { state: operation, reason: "" } : operation;
  if (isOn && (state === "ACTIVE" || updateState === "UPDATE_COMPLETE")) return { do: "done" };
  if (/FAILED|ROLLBACK/.test(updateState)) {
    const why = reason === "" ? "Amazon MSK does not say why" : reason;
    return fail(`Switching multi-VPC connectivity on has failed (${why}). The cluster is as it was; deploy again.`);
  }
  if (updateState === "none" && state === "ACTIVE") {
    return fail("Multi-VPC connectivity is off, and nothing is switching it on. Deploy again.");
  }
  if (elapsedMs < stepMsMax) return { do: "wait" };
  if (handsOn) return { do: "done" };
  return fail(
    `The cluster has been ${state} for more than ${minutes(elapsedMs + stepMsMax)}: switching multi-VPC connectivity on is not over. Deploy again: the deployment then waits for the same update.`,
  );
}

/**
 * What is done when a step is deleted: connectivity stays on. To switch it off would restart every broker once more and cut customers off, for a cluster
 * that is about to go, or for a deployment that is being taken back. What is waited for is that the cluster is at rest: MSK deletes none that is not.
 */
export function decideDelete(cluster: ClusterLook | null, elapsedMs: number): "done" | "wait" {
  const atRest = cluster === null || ["ACTIVE", "FAILED", "DELETING"].includes(cluster.state);
  return atRest || elapsedMs >= stepMsMax ? "done" : "wait";
}

const gone = fail("The cluster is not there (any more).");

function brokenCluster(cluster: ClusterLook | null): Failure | null {
  if (cluster === null) return gone;
  if (cluster.state !== "FAILED" && cluster.state !== "DELETING") return null;
  return fail(`The cluster is ${cluster.state}${cluster.stateReason === "" ? "" : ` (${cluster.stateReason})`}.`);
}

function fail(reason: string): Failure {
  return { do: "fail", reason };
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} minutes`;
}

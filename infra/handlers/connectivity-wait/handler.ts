import { lookAtCluster, lookAtOperation } from "../connectivity/cluster-look.ts";
import { decideDelete, decideWait, nothingToWaitFor } from "../connectivity/decisions.ts";
import {
  awsLocation,
  type Completion,
  type CompletionEvent,
  elapsedMs,
  handlerLog,
  propertiesOf,
  type ResourceEvent,
  type ResourceResponse,
  toldOrLater,
} from "../custom-resource.ts";
import { connectivityWaitProperties } from "../properties.ts";

const log = handlerLog("connectivity-wait");

/** Does nothing but note the time. */
export async function onEvent(event: ResourceEvent): Promise<ResourceResponse> {
  const { clusterArn, handsOn } = propertiesOf(connectivityWaitProperties, event);
  const name = handsOn === "true" ? "first" : "second";
  return { PhysicalResourceId: `${clusterArn}/connectivity-wait/${name}`, startedAtMs: Date.now() };
}

/** Complete when connectivity is on and the brokers have restarted, or when the next waiter has to go on waiting. */
export async function isComplete(event: CompletionEvent): Promise<Completion> {
  const { clusterArn, operation, handsOn } = propertiesOf(connectivityWaitProperties, event);
  const location = awsLocation();
  return toldOrLater(log, async () => {
    const cluster = await lookAtCluster(clusterArn, location);
    const passedMs = elapsedMs(event, Date.now());
    if (event.RequestType === "Delete") return { IsComplete: decideDelete(cluster, passedMs) === "done" };
    const isNone = operation === nothingToWaitFor;
    const update = isNone ? "none" : ((await lookAtOperation(operation, location)) ?? "unknown");
    const decision = decideWait(cluster, update, { handsOn: handsOn === "true", elapsedMs: passedMs });
    const updateState = typeof update === "string" ? update : update.state;
    log.info("looked", { state: cluster?.state, isOn: cluster?.isOn, update: updateState, decision: decision.do });
    if (decision.do === "fail") throw new Error(decision.reason);
    return { IsComplete: decision.do === "done" };
  });
}

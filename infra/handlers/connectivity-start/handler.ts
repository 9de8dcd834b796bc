import { isMskFault, type MskLocation, withMsk } from "../../../runtime/kafka/msk-client.ts";
import { lookAtCluster } from "../connectivity/cluster-look.ts";
import { decideDelete, decideStart } from "../connectivity/decisions.ts";
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
import { connectivityStartProperties } from "../properties.ts";

const log = handlerLog("connectivity-start");

/** Does nothing but note the time: all is done by the looks, of which each decides by what it sees. */
export async function onEvent(event: ResourceEvent): Promise<ResourceResponse> {
  const { clusterArn } = propertiesOf(connectivityStartProperties, event);
  return { PhysicalResourceId: `${clusterArn}/connectivity`, startedAtMs: Date.now() };
}

/** Switches connectivity on where it is off and the cluster at rest. Complete when the update has begun; `operation` names it. */
export async function isComplete(event: CompletionEvent): Promise<Completion> {
  const { clusterArn } = propertiesOf(connectivityStartProperties, event);
  const location = awsLocation();
  return toldOrLater(log, async () => {
    const cluster = await lookAtCluster(clusterArn, location);
    const passedMs = elapsedMs(event, Date.now());
    if (event.RequestType === "Delete") return { IsComplete: decideDelete(cluster, passedMs) === "done" };
    const decision = decideStart(cluster, passedMs);
    log.info("looked", { state: cluster?.state, isOn: cluster?.isOn, decision: decision.do });
    switch (decision.do) {
      case "fail":
        throw new Error(decision.reason);
      case "wait":
        return { IsComplete: false };
      case "handOn":
        return { IsComplete: true, Data: { operation: decision.operation } };
      case "switchOn":
        return switchOn(clusterArn, decision.version, location);
      default:
        return decision satisfies never;
    }
  });
}

/** Asks for connectivity and nothing else: MSK takes one kind of change at a time. */
async function switchOn(clusterArn: string, version: string, location: MskLocation): Promise<Completion> {
  try {
    const { ClusterOperationArn: operation } = await withMsk(location, "switch connectivity on", async (client) => {
      const { UpdateConnectivityCommand } = await import("@aws-sdk/client-kafka");
      const sasl = { Scram: { Enabled: true } };
      return client.send(
        new UpdateConnectivityCommand({
          ClusterArn: clusterArn,
          CurrentVersion: version,
          ConnectivityInfo: { VpcConnectivity: { ClientAuthentication: { Sasl: sasl } } },
        }),
      );
    });
    log.info("begun", { operation });
    return operation === undefined ? { IsComplete: false } : { IsComplete: true, Data: { operation } };
  } catch (error) {
    // Something else has begun meanwhile, or this very request has, and its answer was lost: the next look shows which.
    if (isMskFault(error, "BadRequestException") && (await hasMoved(clusterArn, version, location))) {
      return { IsComplete: false };
    }
    throw error;
  }
}

async function hasMoved(clusterArn: string, version: string, location: MskLocation): Promise<boolean> {
  const cluster = await lookAtCluster(clusterArn, location);
  return cluster === null || cluster.state !== "ACTIVE" || cluster.isOn || cluster.version !== version;
}

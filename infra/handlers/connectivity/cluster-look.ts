import type { ClusterState } from "@aws-sdk/client-kafka";
import { PipelineError } from "../../../domain/errors.ts";
import { isMskFault, type MskLocation, withMsk } from "../../../runtime/kafka/msk-client.ts";

/** A cluster as its multi-VPC connectivity is decided by. */
export interface ClusterLook {
  readonly state: ClusterState;
  /** Why it is in a state that it should not be in; empty where MSK does not say. */
  readonly stateReason: string;
  /** What an update must name, and what each update changes. */
  readonly version: string;
  /** True where SCRAM is on for multi-VPC connectivity. */
  readonly isOn: boolean;
  /** The update that is under way, as MSK shows it. */
  readonly activeOperation: OperationLook | null;
}

/** One update of a cluster. */
export interface OperationLook {
  readonly arn: string;
  readonly type: string;
  /** PENDING, UPDATE_IN_PROGRESS, UPDATE_COMPLETE or UPDATE_FAILED. */
  readonly state: string;
  /** Empty where it did not fail, or MSK does not say. */
  readonly reason: string;
}

/** Looks at a cluster now; null where there is none (any more). @throws PipelineError `kafkaFailed` */
export async function lookAtCluster(clusterArn: string, location: MskLocation): Promise<ClusterLook | null> {
  try {
    const { ClusterInfo: info } = await withMsk(location, "describe the cluster", async (client) => {
      const { DescribeClusterV2Command } = await import("@aws-sdk/client-kafka");
      return client.send(new DescribeClusterV2Command({ ClusterArn: clusterArn }));
    });
    if (info?.State === undefined || info.CurrentVersion === undefined) throw notProvisioned(clusterArn);
    const connectivity = info.Provisioned?.BrokerNodeGroupInfo?.ConnectivityInfo?.VpcConnectivity;
    const active = info.ActiveOperationArn ?? "";
    return {
      state: info.State,
      stateReason: [info.StateInfo?.Code, info.StateInfo?.Message].filter((part) => part).join(": "),
      version: info.CurrentVersion,
      isOn: connectivity?.ClientAuthentication?.Sasl?.Scram?.Enabled === true,
      activeOperation: active === "" ? null : await lookAtOperation(active, location),
    };
  } catch (error) {
    if (isMskFault(error, "NotFoundException")) return null;
    throw error;
  }
}

/** Looks at an update; null where MSK knows none by that name. @throws PipelineError `kafkaFailed` */
export async function lookAtOperation(arn: string, location: MskLocation): Promise<OperationLook | null> {
  try {
    const { ClusterOperationInfo: info } = await withMsk(location, "describe the update", async (client) => {
      const { DescribeClusterOperationV2Command } = await import("@aws-sdk/client-kafka");
      return client.send(new DescribeClusterOperationV2Command({ ClusterOperationArn: arn }));
    });
    const { OperationType: type = "", OperationState: state = "", ErrorInfo: error } = info ?? {};
    return { arn, type, state, reason: [error?.ErrorCode, error?.ErrorString].filter((part) => part).join(": ") };
  } catch (error) {
    if (isMskFault(error, "NotFoundException")) return null;
    throw error;
  }
}

function notProvisioned(clusterArn: string): PipelineError {
  return new PipelineError("kafkaFailed", `Amazon MSK describes ${clusterArn} without a state.`, { retriable: true });
}

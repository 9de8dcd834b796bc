import { PipelineError } from "../../domain/errors.ts";
import { type MskLocation, withMsk } from "./msk-client.ts";

/**
 * The listener on which a cluster's users sign in with SCRAM, inside its own network: administrators sign in by IAM, on another port.
 * @throws PipelineError `kafkaFailed`; `badConfiguration` where the cluster has no such listener
 */
export async function mskScramBrokers(clusterArn: string, location: MskLocation): Promise<readonly string[]> {
  const { BootstrapBrokerStringSaslScram: brokers } = await withMsk(location, "tell the brokers", async (client) => {
    const { GetBootstrapBrokersCommand } = await import("@aws-sdk/client-kafka");
    return client.send(new GetBootstrapBrokersCommand({ ClusterArn: clusterArn }));
  });
  if (brokers !== undefined && brokers !== "") return brokers.split(",");
  throw new PipelineError("badConfiguration", `The cluster ${clusterArn} has no listener for SCRAM.`, {
    remedy: "Switch SASL/SCRAM authentication on in the cluster's security settings.",
  });
}

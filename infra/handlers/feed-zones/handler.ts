import { withMsk } from "../../../runtime/kafka/msk-client.ts";
import { awsLocation, propertiesOf, type ResourceEvent, type ResourceResponse, told } from "../custom-resource.ts";
import { feedZonesProperties } from "../properties.ts";
import { feedZones } from "./feed-zones.ts";

/** Looks up what the customer's side needs to know of a cluster. Makes nothing, so that there is nothing to delete. */
export async function onEvent(event: ResourceEvent): Promise<ResourceResponse> {
  if (event.RequestType === "Delete") return {};
  const { clusterArn } = propertiesOf(feedZonesProperties, event);
  const location = { ...awsLocation(), region: clusterArn.split(":")[3] };
  return told(async () => {
    const { cluster, brokers } = await withMsk(location, "tell of the feed's cluster", async (client) => {
      const { DescribeClusterV2Command, GetBootstrapBrokersCommand } = await import("@aws-sdk/client-kafka");
      const input = { ClusterArn: clusterArn };
      const { ClusterInfo } = await client.send(new DescribeClusterV2Command(input));
      return { cluster: ClusterInfo, brokers: await client.send(new GetBootstrapBrokersCommand(input)) };
    });
    const zoneIds = cluster?.Provisioned?.BrokerNodeGroupInfo?.ZoneIds ?? [];
    const Data = feedZones(zoneIds, brokers.BootstrapBrokerStringVpcConnectivitySaslScram ?? "");
    return { PhysicalResourceId: clusterArn, Data };
  });
}

import { CustomResource } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { HandlerProvider } from "../artefacts/handler-provider.ts";
import { acknowledge } from "../guards/acknowledge.ts";
import type { FeedZonesAttributes, FeedZonesProperties } from "../handlers/properties.ts";

/**
 * Asks the cluster, when deployed, for what nobody should have to type: the ids of its zones, and where its brokers listen for other accounts.
 * A zone's *name* means another place in each account; its id means the same in all of them.
 */
export class FeedLookup extends Construct {
  /** Three ids: a cluster of two zones has its first one twice. */
  readonly zoneIds: readonly [string, string, string];
  /** SCRAM over PrivateLink, host:port with commas. */
  readonly bootstrapBrokers: string;

  constructor(scope: Construct, id: string, clusterArn: string) {
    super(scope, id);
    const provider = new HandlerProvider(this, "Handler", {
      handler: "feed-zones",
      description: "Tells the zones and the brokers of the feed's cluster",
      statements: [
        new PolicyStatement({ actions: ["kafka:DescribeClusterV2"], resources: [clusterArn] }),
        // This action knows no resource but all; the cluster's own policy says of which cluster it answers.
        new PolicyStatement({ actions: ["kafka:GetBootstrapBrokers"], resources: ["*"] }),
      ],
    });
    acknowledge(
      provider,
      "AwsSolutions-IAM5[Resource::*]",
      "kafka:GetBootstrapBrokers takes no resource: MSK says so.",
    );
    const properties: FeedZonesProperties = { clusterArn };
    const resource = new CustomResource(this, "Resource", {
      resourceType: "Custom::FeedZones",
      serviceToken: provider.serviceToken,
      properties,
    });
    const attribute = (name: keyof FeedZonesAttributes) => resource.getAttString(name);
    this.zoneIds = [attribute("zoneId1"), attribute("zoneId2"), attribute("zoneId3")];
    this.bootstrapBrokers = attribute("bootstrapBrokers");
  }
}

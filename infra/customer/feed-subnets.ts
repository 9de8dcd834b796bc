import { CustomResource, Token } from "aws-cdk-lib";
import { CfnSubnet, CfnSubnetRouteTableAssociation, type ISubnet, Subnet } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import { HandlerProvider } from "../artefacts/handler-provider.ts";
import { acknowledge } from "../guards/acknowledge.ts";
import type { ClientSubnetsProperties } from "../handlers/properties.ts";
import type { FeedNetwork } from "./feed-network.ts";

/**
 * The subnets that brokers are reached from: they must stand in the brokers' zones, one in each.
 * How many zones there are, two or three, only the deployment knows, and a template cannot have a subnet more or less by what it learns on the
 * way. So there are always three; in a feed of two zones the third stands beside the first, and a handler picks one for each zone.
 */
export class FeedSubnets extends Construct {
  /** Three, for hosts of your own too. */
  readonly subnets: readonly ISubnet[];
  /** One for each zone of the feed; a list that the deployment makes. */
  readonly connectionSubnetIds: string[];

  constructor(scope: Construct, id: string, network: FeedNetwork, zoneIds: readonly [string, string, string]) {
    super(scope, id);
    const subnets = network.cidrBlocks.map((cidrBlock, index) =>
      subnetIn(this, index + 1, network, cidrBlock, zoneIds[index] ?? zoneIds[0]),
    );
    this.subnets = subnets;
    const { serviceToken } = new HandlerProvider(this, "Handler", {
      handler: "client-subnets",
      description: "Picks one subnet for each zone of the feed",
    });
    const properties: ClientSubnetsProperties = {
      zoneIds: [...zoneIds],
      subnetIds: subnets.map(({ subnetId }) => subnetId),
    };
    const resource = new CustomResource(this, "Resource", {
      resourceType: "Custom::ClientSubnets",
      serviceToken,
      properties,
    });
    this.connectionSubnetIds = Token.asList(resource.getAtt("subnetIds"));
  }
}

function subnetIn(
  scope: Construct,
  number: number,
  { vpc, routeTableId }: FeedNetwork,
  cidrBlock: string,
  availabilityZoneId: string,
): ISubnet {
  const subnet = new CfnSubnet(scope, `Subnet${number}`, {
    vpcId: vpc.vpcId,
    cidrBlock,
    availabilityZoneId,
    mapPublicIpOnLaunch: false,
  });
  if (routeTableId !== undefined) {
    new CfnSubnetRouteTableAssociation(scope, `Routes${number}`, { subnetId: subnet.ref, routeTableId });
  }
  const imported = Subnet.fromSubnetAttributes(scope, `Imported${number}`, {
    subnetId: subnet.ref,
    availabilityZone: subnet.attrAvailabilityZone,
    ...(routeTableId === undefined ? {} : { routeTableId }),
  });
  if (routeTableId === undefined) {
    acknowledge(
      imported,
      "Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId",
      "The VPC's main route table holds, and nothing here adds a route to it.",
    );
  }
  return imported;
}

import { RemovalPolicy, Stack, Tags } from "aws-cdk-lib";
import {
  CfnInternetGateway,
  CfnRoute,
  CfnRouteTable,
  CfnVPC,
  CfnVPCEndpoint,
  CfnVPCGatewayAttachment,
  FlowLog,
  FlowLogDestination,
  FlowLogResourceType,
  FlowLogTrafficType,
  type IVpc,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

/** Where a feed's subnets are made. */
export interface FeedNetwork {
  /** With DNS support and DNS host names: brokers are found by names that resolve inside of it alone. */
  readonly vpc: IVpc;
  /** Of three subnets, /28 or larger, none of it in use. All three are made, whether the feed has two zones or three. */
  readonly cidrBlocks: readonly [string, string, string];
  /**
   * The route table of these subnets.
   * @default the VPC's main one: connections to brokers need no route but the VPC's own
   */
  readonly routeTableId?: string;
}

/**
 * A VPC for a reader that has none. Its one way out is an internet gateway, for an instance with a public address and no inbound rule: 3.65
 * dollars a month for the address, where a NAT gateway is 32.85, and interface endpoints for Secrets Manager and three of Systems Manager's
 * in one zone 29.20. S3 is reached by a gateway endpoint, which costs nothing.
 */
export class OwnNetwork extends Construct implements FeedNetwork {
  readonly vpc: IVpc;
  readonly cidrBlocks = ["10.61.0.0/26", "10.61.0.64/26", "10.61.0.128/26"] as const;
  readonly routeTableId: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Plain resources: the construct of a VPC places subnets by the names of zones, and these go by ids that only the deployment knows.
    const { ref: vpcId } = new CfnVPC(this, "Vpc", {
      cidrBlock: "10.61.0.0/24",
      enableDnsSupport: true,
      enableDnsHostnames: true,
    });
    const { ref: routeTableId } = new CfnRouteTable(this, "Routes", { vpcId });
    const { ref: gatewayId } = new CfnInternetGateway(this, "Gateway");
    const attachment = new CfnVPCGatewayAttachment(this, "GatewayAttachment", { vpcId, internetGatewayId: gatewayId });
    new CfnRoute(this, "WayOut", { routeTableId, gatewayId, destinationCidrBlock: "0.0.0.0/0" }).addResourceDependency(
      attachment,
    );
    new CfnVPCEndpoint(this, "S3", {
      vpcId,
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${Stack.of(this).region}.s3`,
      routeTableIds: [routeTableId],
    });
    Tags.of(this).add("Name", Stack.of(this).stackName);
    // It must be told zones, but uses them for subnets that it knows alone, and it knows none.
    this.vpc = Vpc.fromVpcAttributes(this, "Imported", { vpcId, availabilityZones: ["unused"] });
    this.routeTableId = routeTableId;
    new FlowLog(this, "Rejected", {
      resourceType: FlowLogResourceType.fromVpc(this.vpc),
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, "RejectedLog", { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY }),
      ),
    });
  }
}

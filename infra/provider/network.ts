import { RemovalPolicies, RemovalPolicy } from "aws-cdk-lib";
import {
  CfnVPCEndpoint,
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  type IConnectable,
  type InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Sizes } from "../../domain/deployment/sizes.ts";
import type { ProviderKeys } from "./keys.ts";
import { logRetention } from "./log-retention.ts";

/** What a network is made of. */
export interface ProviderNetworkProps {
  readonly network: Sizes["network"];
  readonly logDays: number;
  readonly keys: ProviderKeys;
  /** True where the cluster outlives the stack: then what it stands in must too. */
  readonly isRetained: boolean;
}

/**
 * A network without NAT gateways (33 dollars a month each, and a zone needs its own). The producer reaches Alpaca from a public subnet; brokers,
 * search and the deployment's functions are in subnets that have no way out, and reach S3 by a gateway (no charge) and a few services by
 * interface endpoints (7.30 dollars a month each and zone).
 *
 * Other stages need the services of a machine too: Systems Manager (two endpoints), CloudWatch Logs, CloudFormation. In public subnets, with an address each
 * (3.65 dollars a month) and no inbound rule, three machines cost 11 dollars and no endpoint; four endpoints cost 29 in one zone. So `dev` puts them
 * there, and `prod` pays for machines that nobody can reach and that reach nobody.
 */
export class ProviderNetwork extends Construct {
  readonly vpc: IVpc;
  /** One for each zone; no way out. */
  readonly brokerSubnets: SubnetSelection;
  readonly publicSubnets: SubnetSelection;
  /** Of the stages but the producer. */
  readonly stageSubnets: SubnetSelection;
  /** Of the deployment's functions and of search: no way out but the endpoints. */
  readonly privateSubnets: SubnetSelection;
  /** Of the interface endpoints: lets in all of this network, port 443. */
  readonly endpointsSecurityGroup: SecurityGroup;
  readonly #endpoints: readonly InterfaceVpcEndpoint[];

  constructor(scope: Construct, id: string, { network, logDays, keys, isRetained }: ProviderNetworkProps) {
    super(scope, id);
    // CDK's own types do not agree with exact optional properties.
    const vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr(network.cidr),
      maxAzs: network.zones,
      natGateways: 0,
      // Room for endpoints, brokers and machines; a subnet cannot be changed later, so that the sizes do not depend on anything.
      subnetConfiguration: [
        { name: "Public", subnetType: SubnetType.PUBLIC, cidrMask: 25 },
        { name: "Brokers", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 25 },
        { name: "Private", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 25 },
      ],
      restrictDefaultSecurityGroup: true,
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    }) as IVpc;
    this.vpc = vpc;
    this.publicSubnets = { subnetGroupName: "Public" };
    this.brokerSubnets = { subnetGroupName: "Brokers" };
    this.privateSubnets = { subnetGroupName: "Private" };
    this.stageSubnets = network.stages === "public" ? this.publicSubnets : this.privateSubnets;
    this.endpointsSecurityGroup = new SecurityGroup(this, "EndpointsSecurityGroup", {
      vpc,
      description: "Interface endpoints of AWS services",
      allowAllOutbound: false,
    });
    // Inside of the network a service's name is its endpoint's, for all: who may not reach it would not reach the service either.
    this.endpointsSecurityGroup.addIngressRule(Peer.ipv4(network.cidr), Port.HTTPS, "Everything of this network");
    this.#endpoints = endpointsOf(network).map(([name, service]) =>
      vpc.addInterfaceEndpoint(name, {
        service,
        open: false,
        privateDnsEnabled: true,
        securityGroups: [this.endpointsSecurityGroup],
        subnets: { subnets: this.#endpointZones(network) },
      }),
    );
    // What was refused tells of intruders and of mistakes in security groups; what passes is the feed itself.
    const refused = new LogGroup(this, "RefusedTraffic", {
      retention: logRetention(logDays),
      encryptionKey: keys.data,
      removalPolicy: isRetained ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    vpc.addFlowLog("Refused", {
      destination: FlowLogDestination.toCloudWatchLogs(refused),
      trafficType: FlowLogTrafficType.REJECT,
    });
    // Endpoints go: the cluster needs none, each costs money, and one that stays holds on to its security group, which does not.
    if (isRetained) {
      RemovalPolicies.of(vpc).retainOnUpdateOrDelete({ excludeResourceTypes: [CfnVPCEndpoint.CFN_RESOURCE_TYPE_NAME] });
    }
  }

  /**
   * Lets something without a way out of its own reach the interface endpoints, and no more. They are there before it is, and until it has gone: a function
   * that takes users away when the stack is deleted needs them as much as one that makes them.
   */
  allowEndpointsFrom(client: IConnectable, description: string): void {
    this.endpointsSecurityGroup.connections.allowFrom(client, Port.HTTPS, description);
    for (const group of client.connections.securityGroups) group.node.addDependency(...this.#endpoints);
  }

  /** One zone is enough for machines that can wait for it; where stages are private, each zone has its own. */
  #endpointZones(network: Sizes["network"]): ISubnet[] {
    const { subnets } = this.vpc.selectSubnets(this.privateSubnets);
    return network.stages === "private" ? subnets : subnets.slice(0, 1);
  }
}

/** The services that something in a subnet without a way out calls. */
function endpointsOf({ stages }: Sizes["network"]) {
  const always = [
    // The functions that set up entitlements and search read and write secrets, and tell MSK of them.
    ["SecretsManager", InterfaceVpcEndpointAwsService.SECRETS_MANAGER],
    ["Msk", InterfaceVpcEndpointAwsService.KAFKA],
  ] as const;
  const ofStages = [
    ["SystemsManager", InterfaceVpcEndpointAwsService.SSM],
    ["SessionManager", InterfaceVpcEndpointAwsService.SSM_MESSAGES],
    ["Logs", InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS],
    // A new machine tells CloudFormation that it works.
    ["Signals", InterfaceVpcEndpointAwsService.CLOUDFORMATION],
  ] as const;
  return stages === "private" ? [...always, ...ofStages] : always;
}

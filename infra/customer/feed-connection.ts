import { Stack, Token } from "aws-cdk-lib";
import { Connections, type IConnectable, type ISubnet, type IVpc, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import type { IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnVpcConnection } from "aws-cdk-lib/aws-msk";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import { PipelineError } from "../../domain/errors.ts";
import { brokerPorts } from "./broker-ports.ts";
import { feedArns } from "./feed-arns.ts";
import { FeedLookup } from "./feed-lookup.ts";
import { type FeedNetwork, OwnNetwork } from "./feed-network.ts";
import { FeedSubnets } from "./feed-subnets.ts";
import { keysArn, secretStatements } from "./secret-access.ts";

export interface FeedConnectionProps {
  /** Of the provider's cluster; it says which region, and so where your stack must be. Text, not a value of the deployment. */
  readonly clusterArn: string;
  /** Of the secret with your user's name and password, whole, with the six characters at its end. Text. */
  readonly secretArn: string;
  /**
   * A VPC of yours, and free blocks of it for three small subnets.
   * @default a VPC of its own, with a way out to AWS for hosts with a public address
   */
  readonly network?: FeedNetwork;
}

/**
 * A provider's feed inside of a VPC of this account: `AWS::MSK::VpcConnection` (PrivateLink) from the brokers' zones, and what a reader needs
 * to use it. Put it into an app of your own:
 * ```ts
 * const feed = new FeedConnection(stack, "Feed", { clusterArn, secretArn });
 * feed.connections.allowDefaultPortFrom(service); // brokers' ports, and no others
 * feed.grantRead(service.role);                   // your one secret
 * service.environment(feed.environment);          // KAFKA_BROKERS, KAFKA_SECRET_ID, AWS_REGION
 * ```
 * Two rights must come from the provider: the cluster's policy names this account, and the secret's policy and key let it read.
 */
export class FeedConnection extends Construct implements IConnectable {
  readonly vpc: IVpc;
  /** Three, in the brokers' zones. */
  readonly subnets: readonly ISubnet[];
  /** The connection's security group: nobody is let in until you say so. */
  readonly connections: Connections;
  /** SCRAM over PrivateLink, host:port with commas. */
  readonly bootstrapBrokers: string;
  /** Holds `bootstrapBrokers`, for programs that are not deployed by this app. */
  readonly bootstrapParameter: StringParameter;
  /** What `bellwether consume` and the library read; no secret is in it, but its id. */
  readonly environment: Readonly<Record<"KAFKA_BROKERS" | "KAFKA_SECRET_ID" | "AWS_REGION", string>>;
  /** The resource of the right to decrypt, which `secretStatements` binds to the one secret. */
  readonly keysArn: string;
  readonly #secretStatements: () => PolicyStatement[];

  constructor(scope: Construct, id: string, props: FeedConnectionProps) {
    super(scope, id);
    const { clusterArn, secretArn } = props;
    const arns = feedArns(clusterArn, secretArn);
    const { region } = arns;
    const stack = Stack.of(this);
    if (!Token.isUnresolved(stack.region) && stack.region !== region) {
      throw new PipelineError("badConfiguration", `The feed is in ${region}, and the stack in ${stack.region}.`, {
        remedy: `Give the stack \`env: { region: "${region}" }\`: PrivateLink to brokers does not leave a region.`,
      });
    }
    this.keysArn = keysArn(arns);
    this.#secretStatements = () => secretStatements(secretArn, arns);
    const lookup = new FeedLookup(this, "Lookup", clusterArn);
    const network = props.network ?? new OwnNetwork(this, "Network");
    this.vpc = network.vpc;
    const { subnets, connectionSubnetIds } = new FeedSubnets(this, "Subnets", network, lookup.zoneIds);
    this.subnets = subnets;
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc: this.vpc,
      description: "The feed: who may reach its brokers",
      allowAllOutbound: false,
    });
    this.connections = new Connections({ securityGroups: [securityGroup], defaultPort: brokerPorts });
    const connection = new CfnVpcConnection(this, "Connection", {
      authentication: "SASL_SCRAM",
      targetClusterArn: clusterArn,
      vpcId: this.vpc.vpcId,
      clientSubnets: connectionSubnetIds,
      securityGroups: [securityGroup.securityGroupId],
    });
    this.bootstrapBrokers = lookup.bootstrapBrokers;
    this.environment = { KAFKA_BROKERS: lookup.bootstrapBrokers, KAFKA_SECRET_ID: secretArn, AWS_REGION: region };
    this.bootstrapParameter = new StringParameter(this, "Bootstrap", {
      parameterName: `/${stack.stackName}/${this.node.id.toLowerCase()}/brokers`,
      stringValue: lookup.bootstrapBrokers,
      description: "The feed's brokers: SCRAM over PrivateLink, host:port with commas",
    });
    // Whoever reads it may take it that the brokers can be reached.
    this.bootstrapParameter.node.addDependency(connection);
    // And what waits for it may have a public address: it starts after the way out is there, and goes before it.
    if (network instanceof OwnNetwork) this.bootstrapParameter.node.addDependency(network);
  }

  /** The rights to read this feed's one secret. */
  secretStatements(): PolicyStatement[] {
    return this.#secretStatements();
  }

  /** Lets a role read this feed's one secret. */
  grantRead({ grantPrincipal }: IGrantable): void {
    for (const statement of this.secretStatements()) grantPrincipal.addToPrincipalPolicy(statement);
  }
}

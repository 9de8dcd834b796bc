import { CfnDeletionPolicy, RemovalPolicies, RemovalPolicy } from "aws-cdk-lib";
import { CfnSecurityGroupIngress, type IConnectable, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnCluster, CfnConfiguration } from "aws-cdk-lib/aws-msk";
import { Construct } from "constructs";
import type { Sizes } from "../../domain/deployment/sizes.ts";
import { BootstrapBrokers } from "./bootstrap-brokers.ts";
import type { ProviderKeys } from "./keys.ts";
import { logRetention } from "./log-retention.ts";
import type { ProviderNetwork } from "./network.ts";
import { serverProperties } from "./server-properties.ts";

/** What a cluster is made of. */
export interface FeedClusterProps {
  readonly name: string;
  readonly brokers: Sizes["brokers"];
  readonly network: ProviderNetwork;
  readonly keys: ProviderKeys;
}

/** Where our own stages sign in, by IAM, and only inside of the network. */
const iamPort = 9098;
/** Where customers' users sign in from inside of the network. */
const scramPort = 9096;

/**
 * The brokers: KRaft, TLS between all, IAM for our own stages and SCRAM for customers, a key of our own. Multi-VPC connectivity is not
 * asked for here: no cluster can be created with it (`ConnectivitySwitch`).
 */
export class FeedCluster extends Construct {
  readonly clusterArn: string;
  readonly clusterName: string;
  /** Lets in who is let in by its own construct; nothing by itself. */
  readonly securityGroup: SecurityGroup;
  /** Private IAM listener of all brokers, host:port with commas. */
  readonly iamBootstrap: string;

  constructor(scope: Construct, id: string, { name, brokers, network, keys }: FeedClusterProps) {
    super(scope, id);
    this.clusterName = name;
    this.securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc: network.vpc,
      description: "Kafka brokers",
      allowAllOutbound: false,
    });
    const brokerLogs = new LogGroup(this, "BrokerLogs", {
      retention: logRetention(brokers.logDays),
      encryptionKey: keys.data,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // No list of versions: a new one would replace the configuration, and so hold up a version's raise.
    const configuration = new CfnConfiguration(this, "Configuration", {
      name: `${name}-brokers`,
      description: "Bellwether: exactly-once, no topic and no right by default",
      serverProperties: serverProperties(brokers),
    });
    const cluster = new CfnCluster(this, "Cluster", {
      clusterName: name,
      kafkaVersion: brokers.kafkaVersion,
      numberOfBrokerNodes: brokers.count,
      brokerNodeGroupInfo: {
        instanceType: brokers.instanceType,
        clientSubnets: network.vpc.selectSubnets(network.brokerSubnets).subnetIds,
        securityGroups: [this.securityGroup.securityGroupId],
        storageInfo: { ebsStorageInfo: { volumeSize: brokers.volumeGib } },
      },
      clientAuthentication: {
        sasl: { iam: { enabled: true }, scram: { enabled: true } },
        unauthenticated: { enabled: false },
      },
      encryptionInfo: {
        encryptionAtRest: { dataVolumeKmsKeyId: keys.data.keyArn },
        encryptionInTransit: { clientBroker: "TLS", inCluster: true },
      },
      configurationInfo: { arn: configuration.attrArn, revision: configuration.attrLatestRevisionRevision },
      enhancedMonitoring: brokers.monitoring,
      loggingInfo: { brokerLogs: { cloudWatchLogs: { enabled: true, logGroup: brokerLogs.logGroupName } } },
    });
    this.clusterArn = cluster.attrArn;
    // Rules go with those whom they let in: a rule that stays would keep their groups from being deleted.
    if (brokers.onRemoval === "retain") {
      RemovalPolicies.of(this).retainOnUpdateOrDelete({
        excludeResourceTypes: [CfnSecurityGroupIngress.CFN_RESOURCE_TYPE_NAME],
      });
    } else cluster.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    // Whatever asks for another cluster does not get the records deleted with the old one.
    cluster.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    this.iamBootstrap = new BootstrapBrokers(this, "Bootstrap", { clusterArn: cluster.attrArn, brokers }).iam;
  }
  /** Lets what makes customers' users try whether they can sign in: on the listener that they use. */
  allowScramFrom(client: IConnectable, description: string): void {
    this.securityGroup.connections.allowFrom(client, Port.tcp(scramPort), description);
  }
  /** Lets something of our own reach the brokers' IAM listener, and no other. */
  allowIamFrom(client: IConnectable, description: string): void {
    this.securityGroup.connections.allowFrom(client, Port.tcp(iamPort), description);
  }
}

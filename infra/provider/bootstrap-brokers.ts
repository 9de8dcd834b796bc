import { RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";
import type { Sizes } from "../../domain/deployment/sizes.ts";
import { acknowledge } from "../guards/acknowledge.ts";

/** Asks MSK where a cluster's brokers are: CloudFormation does not tell. Asked anew whenever brokers are added. */
export class BootstrapBrokers extends Construct {
  /** Private IAM listener, host:port with commas. */
  readonly iam: string;

  constructor(
    scope: Construct,
    id: string,
    { clusterArn, brokers }: { clusterArn: string; brokers: Sizes["brokers"] },
  ) {
    super(scope, id);
    const call = {
      service: "Kafka",
      action: "GetBootstrapBrokers",
      parameters: { ClusterArn: clusterArn },
      outputPaths: ["BootstrapBrokerStringSaslIam"],
      physicalResourceId: PhysicalResourceId.of(`${brokers.count} brokers`),
    };
    const lookUp = new AwsCustomResource(this, "LookUp", {
      resourceType: "Custom::BootstrapBrokers",
      onUpdate: call,
      installLatestAwsSdk: false,
      logGroup: new LogGroup(this, "Log", {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: ["kafka:GetBootstrapBrokers"], resources: ["*"] }),
      ]),
    });
    acknowledge(lookUp, "AwsSolutions-IAM5[Resource::*]", "kafka:GetBootstrapBrokers takes no resource: MSK says so.");
    this.iam = lookUp.getResponseField("BootstrapBrokerStringSaslIam");
  }
}

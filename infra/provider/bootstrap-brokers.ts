import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";
import type { Sizes } from "../../domain/deployment/sizes.ts";
import { functionLog } from "../artefacts/function-log.ts";
import { acknowledgeCaller, acknowledgeWildcards } from "../guards/acknowledge.ts";

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
    const statement = new PolicyStatement({ actions: ["kafka:GetBootstrapBrokers"], resources: ["*"] });
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
      logGroup: functionLog(this),
      policy: AwsCustomResourcePolicy.fromStatements([statement]),
    });
    acknowledgeWildcards(this, [statement], "kafka:GetBootstrapBrokers takes no resource: MSK says so.");
    acknowledgeCaller(this);
    this.iam = lookUp.getResponseField("BootstrapBrokerStringSaslIam");
  }
}

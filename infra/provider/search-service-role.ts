import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";
import { functionLog } from "../artefacts/function-log.ts";
import { acknowledgeWildcards } from "../guards/acknowledge.ts";

const service = "opensearchservice.amazonaws.com";

/**
 * The role by which OpenSearch puts its interfaces into a VPC: one for an account, made by the first domain in a VPC. CloudFormation's own resource
 * fails where it is there already, so that it is asked for here, and an answer that it is there is a good one. It stays when the stack goes.
 * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/slr-aos.html
 */
export class SearchServiceRole extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { partition, account } = Stack.of(this);
    const statement = new PolicyStatement({
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [`arn:${partition}:iam::${account}:role/aws-service-role/${service}/*`],
      conditions: { StringLike: { "iam:AWSServiceName": service } },
    });
    acknowledgeWildcards(this, [statement], "The service names the role itself; the condition says whose it is.");
    new AwsCustomResource(this, "Make", {
      resourceType: "Custom::SearchServiceRole",
      onCreate: {
        service: "IAM",
        action: "CreateServiceLinkedRole",
        parameters: { AWSServiceName: service },
        // "Service role name … has been taken in this account".
        ignoreErrorCodesMatching: "InvalidInput",
        physicalResourceId: PhysicalResourceId.of(service),
      },
      installLatestAwsSdk: false,
      logGroup: functionLog(this),
      policy: AwsCustomResourcePolicy.fromStatements([statement]),
    });
  }
}

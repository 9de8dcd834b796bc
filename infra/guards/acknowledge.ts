import { Stack, Validations } from "aws-cdk-lib";
import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { AwsCustomResource } from "aws-cdk-lib/custom-resources";
import { flattenCfnReference } from "cdk-nag/lib/utils/flatten-cfn-reference.js";
import type { IConstruct } from "constructs";

/** Lets a finding pass for a construct and what is in it. The reason is read by whoever asks why, years from now: a whole sentence. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/**
 * Lets the wildcards of these statements pass (IAM5), and no others: a statement that is widened later, or added, is found again. Every wildcard in
 * the project is here, with its reason.
 */
export function acknowledgeWildcards(
  construct: IConstruct,
  statements: readonly PolicyStatement[],
  reason: string,
): void {
  const resolved = statements.map(({ actions, resources }) => ({
    actions,
    resources: (Stack.of(construct).resolve(resources) as readonly unknown[]).map(flattenCfnReference),
  }));
  const wide = (parts: readonly string[]) => parts.filter((part) => part.includes("*"));
  for (const action of new Set(resolved.flatMap(({ actions }) => wide(actions)))) {
    acknowledge(construct, `AwsSolutions-IAM5[Action::${action}]`, reason);
  }
  for (const resource of new Set(resolved.flatMap(({ resources }) => wide(resources)))) {
    acknowledge(construct, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
  }
}

/** What a function of Lambda brings with it that nobody here decides. */
export function acknowledgeFunction(construct: IConstruct): void {
  for (const name of ["AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"]) {
    acknowledge(
      construct,
      `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`,
      "AWS's own policy for functions: to write their log, and to have interfaces inside of a network.",
    );
  }
}

/** What functions, and CDK's framework for custom resources, bring with them that nobody here decides. */
export function acknowledgeFramework(construct: IConstruct): void {
  acknowledgeFunction(construct);
  for (const each of construct.node.findAll().filter((inner) => inner instanceof CfnFunction)) {
    acknowledge(
      construct,
      `AwsSolutions-IAM5[Resource::<${Stack.of(each).getLogicalId(each)}.Arn>:*]`,
      "CDK lets its framework call each version of this one function.",
    );
  }
  const waiting = "The machine of CDK's framework only waits: the functions' log says what it saw.";
  acknowledge(construct, "AwsSolutions-SF1", waiting);
  acknowledge(construct, "AwsSolutions-SF2", waiting);
}

/** The same for the one function that CDK has for all `AwsCustomResource`s of a stack: it stands beside them, once there is one. */
export function acknowledgeCaller(construct: IConstruct): void {
  const id = `AWS${AwsCustomResource.PROVIDER_FUNCTION_UUID.replaceAll("-", "")}`;
  acknowledgeFramework(Stack.of(construct).node.findChild(id));
}

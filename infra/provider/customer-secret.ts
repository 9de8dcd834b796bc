import { CfnOutput, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from "aws-cdk-lib/custom-resources";
import { Construct, type IDependable } from "constructs";
import type { DesiredUser } from "../../domain/entitlements/desired-state.ts";
import { functionLog } from "../artefacts/function-log.ts";
import { acknowledgeCaller, acknowledgeWildcards } from "../guards/acknowledge.ts";
import { secretArn } from "./secret-statements.ts";

/**
 * What a customer must be told of its users: each one's secret, by its whole ARN, as an output. The entitlements make the secrets, and the service adds
 * six characters to a name that nobody can guess, so that each is asked for once it is there. Its value is not.
 */
export class CustomerSecrets extends Construct {
  readonly #after: IDependable;

  /** @param after - what makes the secrets. Only the questions wait for it: the right to ask is there long before, and has reached all of IAM. */
  constructor(scope: Construct, id: string, users: readonly DesiredUser[], after: IDependable) {
    super(scope, id);
    this.#after = after;
    if (users.length === 0) return;
    const logGroup = functionLog(this);
    for (const each of users) this.#tell(each, logGroup);
    acknowledgeCaller(this);
  }

  #tell({ user, customer, account: buyer, clientSecret }: DesiredUser, logGroup: LogGroup): void {
    const statement = new PolicyStatement({
      actions: ["secretsmanager:DescribeSecret"],
      resources: [secretArn(Stack.of(this), `${clientSecret}-??????`)],
    });
    const name = `${customer}-${user}`;
    const lookUp = new AwsCustomResource(this, name, {
      resourceType: "Custom::CustomerSecret",
      onUpdate: {
        service: "SecretsManager",
        action: "DescribeSecret",
        parameters: { SecretId: clientSecret },
        outputPaths: ["ARN"],
        physicalResourceId: PhysicalResourceId.of(clientSecret),
      },
      installLatestAwsSdk: false,
      logGroup,
      policy: AwsCustomResourcePolicy.fromStatements([statement]),
    });
    lookUp.node.findChild("Resource").node.addDependency(this.#after);
    acknowledgeWildcards(this, [statement], "The service adds six characters to a secret's name.");
    new CfnOutput(this, `Arn-${name}`, {
      value: lookUp.getResponseField("ARN"),
      description: `For ${customer}, account ${buyer}: secretArn of its user ${user}`,
    }).overrideLogicalId(`SecretOf${name.replaceAll(/[^A-Za-z0-9]/g, "")}`);
  }
}

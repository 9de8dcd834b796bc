import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AccountPrincipal, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { AccountGrant } from "../../domain/entitlements/desired-state.ts";
import { secretArn } from "./secret-statements.ts";

/** Two keys of our own, both rotated yearly. Neither goes with the stack: what they have encrypted could never be read again. */
export class ProviderKeys extends Construct {
  /** Of what only this account reads: brokers' volumes, logs, search, buckets, alarms. */
  readonly data: Key;
  /** Of secrets, which customers' accounts read too: MSK takes no SCRAM secret, and no other account can read one, under AWS's own key. */
  readonly secrets: Key;

  constructor(scope: Construct, id: string, grants: readonly AccountGrant[]) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    this.data = new Key(this, "Data", { ...kept, description: `${stackName}: brokers, logs, search` });
    this.data.addToResourcePolicy(logsMayUse(this));
    this.secrets = new Key(this, "Secrets", {
      ...kept,
      description: `${stackName}: secrets of customers and of Alpaca`,
    });
    for (const grant of grants) this.secrets.addToResourcePolicy(customerMayDecrypt(this, grant));
  }
}

const kept = {
  enableKeyRotation: true,
  pendingWindow: Duration.days(30),
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
};

/** CloudWatch Logs encrypts groups of this account and region with it, and nothing else. */
function logsMayUse(scope: Construct): PolicyStatement {
  const { region, account, partition } = Stack.of(scope);
  return new PolicyStatement({
    sid: "Logs",
    principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
    actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    resources: ["*"],
    conditions: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:*` },
    },
  });
}

/** An account decrypts its own users' secrets, through Secrets Manager only; a secret's name is part of what is encrypted. */
function customerMayDecrypt(scope: Construct, { account, secrets }: AccountGrant): PolicyStatement {
  const stack = Stack.of(scope);
  return new PolicyStatement({
    sid: `Customer${account}`,
    principals: [new AccountPrincipal(account)],
    actions: ["kms:Decrypt"],
    resources: ["*"],
    conditions: {
      StringEquals: { "kms:ViaService": `secretsmanager.${stack.region}.amazonaws.com` },
      // Six characters that the service adds to a name.
      StringLike: { "kms:EncryptionContext:SecretARN": secrets.map((name) => secretArn(stack, `${name}-??????`)) },
    },
  });
}

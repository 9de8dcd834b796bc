import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";

/** To read just these secrets, and to have their key used for that alone. */
export function secretStatements(
  { region }: Pick<Stack, "region">,
  secretArns: readonly string[],
  key: IKey,
): readonly PolicyStatement[] {
  return [
    new PolicyStatement({ sid: "Secrets", actions: ["secretsmanager:GetSecretValue"], resources: [...secretArns] }),
    new PolicyStatement({
      sid: "SecretsKey",
      actions: ["kms:Decrypt"],
      resources: [key.keyArn],
      conditions: {
        StringEquals: {
          "kms:ViaService": `secretsmanager.${region}.amazonaws.com`,
          "kms:EncryptionContext:SecretARN": [...secretArns],
        },
      },
    }),
  ];
}

/** The ARN of a secret of this account by its name, which the service adds six characters to: with a wildcard for them, or for more. */
export function secretArn({ partition, region, account }: Stack, name: string): string {
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}`;
}

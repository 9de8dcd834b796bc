import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { FeedArns } from "./feed-arns.ts";

/**
 * Reading one secret of the provider's, and nothing else of it: the value itself, and its key through Secrets Manager alone, for this one
 * secret. Which key that is the two ARNs do not tell; the encryption context binds it as tightly: a key of the provider decrypts this secret
 * for us, or nothing.
 */
export function secretStatements(secretArn: string, arns: FeedArns): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: "ReadOwnSecret",
      actions: ["secretsmanager:GetSecretValue"],
      resources: [secretArn],
    }),
    new PolicyStatement({
      sid: "DecryptOwnSecret",
      actions: ["kms:Decrypt"],
      resources: [keysArn(arns)],
      conditions: {
        StringEquals: {
          "kms:ViaService": `secretsmanager.${arns.region}.amazonaws.com`,
          "kms:EncryptionContext:SecretARN": secretArn,
        },
      },
    }),
  ];
}

/** All keys of the provider's. */
export function keysArn({ partition, region, account }: FeedArns): string {
  return `arn:${partition}:kms:${region}:${account}:key/*`;
}

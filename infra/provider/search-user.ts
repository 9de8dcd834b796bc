import { RemovalPolicy } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { acknowledge } from "../guards/acknowledge.ts";
import type { ProviderKeys } from "./keys.ts";

/** The domain's user that indexes. */
export const indexerUser = "indexer";

/**
 * A user of the domain as a secret {"username","password"}: Secrets Manager makes the password, and nobody has seen it. It has no name of ours: it stays when the
 * stack goes, and must not be in the way of the next one.
 */
export function searchUser(
  scope: Construct,
  id: string,
  { username, keys }: { readonly username: string; readonly keys: ProviderKeys },
): Secret {
  const secret = new Secret(scope, id, {
    description: `OpenSearch user ${username}`,
    encryptionKey: keys.secrets,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username }),
      generateStringKey: "password",
      passwordLength: 32,
      // One of each kind is what the domain demands of a password.
      requireEachIncludedType: true,
      excludeCharacters: "\"'\\/@:% ",
    },
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  acknowledge(
    secret,
    "AwsSolutions-SMG4",
    "The password is a user's of the domain, which no rotation of the service knows: it is changed with the domain's set-up, as the runbook says.",
  );
  return secret;
}

import type { SecretListEntry, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { credentialsText, parseCredentials } from "./credentials-text.ts";
import { withSecretsManager } from "./manager-client.ts";
import type { SecretsLocation } from "./read-secret.ts";
import type { SecretStore, StoredSecret } from "./secret-store.ts";

export interface ManagerStoreOptions extends SecretsLocation {
  /** The customer managed KMS key that encrypts new secrets: MSK takes no others, and no other account can read with AWS's own key. */
  readonly kmsKeyId?: string | undefined;
}

const accountTag = "bellwether:account";

/** Secrets in AWS Secrets Manager. The SDK is loaded at the first call only. */
export function managerStore(options: ManagerStoreOptions): SecretStore {
  return {
    list: (beginnings) => withSecretsManager(options, "listed", (client) => list(client, beginnings)),
    put: (name, credentials, account) =>
      withSecretsManager(options, `written (${name})`, async (client) => {
        const text = credentialsText(credentials);
        // First whom it is for: a secret that is shared with another account must not show that one the new value.
        const isThere = account === null || (await share(client, name, account));
        await write(client, name, text, options.kmsKeyId);
        if (!isThere && account !== null) await share(client, name, account);
      }),
    delete: (name) => withSecretsManager(options, `deleted (${name})`, (client) => remove(client, name)),
  };
}

async function list(client: SecretsManagerClient, beginnings: readonly string[]): Promise<readonly StoredSecret[]> {
  const { GetSecretValueCommand, paginateListSecrets } = await import("@aws-sdk/client-secrets-manager");
  const entries: SecretListEntry[] = [];
  const filter = { Filters: [{ Key: "name" as const, Values: [...beginnings] }] };
  for await (const page of paginateListSecrets({ client }, filter)) entries.push(...(page.SecretList ?? []));
  const found: StoredSecret[] = [];
  for (const { Name: name = "", Tags: tags = [] } of entries) {
    // The service's own filter is looser: it takes words anywhere in the name.
    if (!beginnings.some((beginning) => name.startsWith(beginning))) continue;
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    const account = tags.find(({ Key }) => Key === accountTag)?.Value ?? null;
    found.push({ name, credentials: parseCredentials(SecretString), account });
  }
  return found;
}

async function write(client: SecretsManagerClient, name: string, text: string, kmsKeyId: string | undefined) {
  const { CreateSecretCommand, PutSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  try {
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
  } catch (error) {
    if (!isMissing(error)) throw error;
    const key = kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId };
    await client.send(new CreateSecretCommand({ Name: name, SecretString: text, ...key }));
  }
}

/**
 * Lets an account, and no other, read the secret: which of its roles, that account says itself. The tag tells later runs, once the policy stands.
 * False where there is no such secret.
 */
async function share(client: SecretsManagerClient, name: string, account: string): Promise<boolean> {
  const { PutResourcePolicyCommand, TagResourceCommand } = await import("@aws-sdk/client-secrets-manager");
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "BellwetherCustomer",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        Resource: "*",
      },
    ],
  };
  const ResourcePolicy = JSON.stringify(policy);
  try {
    await client.send(new PutResourcePolicyCommand({ SecretId: name, ResourcePolicy, BlockPublicPolicy: true }));
  } catch (error) {
    if (!isMissing(error)) throw error;
    return false;
  }
  await client.send(new TagResourceCommand({ SecretId: name, Tags: [{ Key: accountTag, Value: account }] }));
  return true;
}

async function remove(client: SecretsManagerClient, name: string) {
  const { DeleteSecretCommand } = await import("@aws-sdk/client-secrets-manager");
  try {
    // Its user is gone, so that there is nothing to come back to, and the name can be used again.
    await client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === "ResourceNotFoundException";
}

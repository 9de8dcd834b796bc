import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PipelineError } from "../../domain/errors.ts";
import type { SecretsLocation } from "./read-secret.ts";

/**
 * Does work with a client of Secrets Manager. The SDK is loaded at the first call only.
 * @param what completes "Secrets of Secrets Manager cannot be …"
 * @throws PipelineError `secretUnavailable`
 */
export async function withSecretsManager<T>(
  { region, endpoint }: SecretsLocation,
  what: string,
  work: (client: SecretsManagerClient) => Promise<T>,
): Promise<T> {
  const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  try {
    return await work(client);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new PipelineError("secretUnavailable", `Secrets of Secrets Manager cannot be ${what} (${reason}).`, {
      remedy: "Check AWS_REGION, the credentials, and the role's rights to secretsmanager.",
      retriable: true,
      cause: error,
    });
  } finally {
    client.destroy();
  }
}

/** The whole ARN of a secret: other services take no names. @throws PipelineError `secretUnavailable` */
export function secretArn(name: string, location: SecretsLocation): Promise<string> {
  return withSecretsManager(location, `described (${name})`, async (client) => {
    const { DescribeSecretCommand } = await import("@aws-sdk/client-secrets-manager");
    return (await client.send(new DescribeSecretCommand({ SecretId: name }))).ARN ?? "";
  });
}

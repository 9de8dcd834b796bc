import type { z } from "zod";
import { PipelineError } from "../../domain/errors.ts";

/** Where Secrets Manager is; both default to what the AWS SDK finds in the environment, the region of an ARN to its own. */
export interface SecretsLocation {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
}

/**
 * Reads a secret of AWS Secrets Manager whose text is a JSON object. The AWS SDK is loaded at the first call only: who uses no secrets does not pay for it.
 * @throws PipelineError `secretUnavailable`; neither the text nor a value of it is in the message
 */
export async function readSecret<Schema extends z.ZodType>(
  secretId: string,
  schema: Schema,
  location: SecretsLocation,
): Promise<z.output<Schema>> {
  const text = await fetchText(secretId, location);
  const result = schema.safeParse(parseJson(text));
  if (result.success) return result.data;
  const fields = [...new Set(result.error.issues.map((issue) => issue.path.join(".")))].filter((path) => path !== "");
  const fault = fields.length === 0 ? "is not a JSON object" : `lacks or misspells ${fields.join(", ")}`;
  throw new PipelineError("secretUnavailable", `The secret ${secretId} ${fault}.`, {
    remedy: "Store it as a JSON object with the keys that the variable's help names.",
  });
}

async function fetchText(secretId: string, { region, endpoint }: SecretsLocation): Promise<string | undefined> {
  try {
    const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
    const client = new SecretsManagerClient({
      ...regionOf(secretId, region),
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    try {
      return (await client.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString;
    } finally {
      client.destroy();
    }
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new PipelineError("secretUnavailable", `The secret ${secretId} cannot be read (${reason}).`, {
      remedy:
        "Check its name, AWS_REGION, and that the role may call secretsmanager:GetSecretValue; a secret of another account needs its whole ARN, its owner's policies on the secret and on its KMS key, and kms:Decrypt.",
      retriable: true,
      cause: error,
    });
  }
}

/** A secret of another account is named by its ARN, which tells the Region too: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME. */
function regionOf(secretId: string, given: string | undefined): { readonly region?: string } {
  const region = secretId.startsWith("arn:") ? (secretId.split(":")[3] ?? "") : (given ?? "");
  return region === "" ? {} : { region };
}

/** Undefined where it is no JSON: the parser's message would show a piece of the secret. */
function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

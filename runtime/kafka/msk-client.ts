import type { KafkaClient } from "@aws-sdk/client-kafka";
import { PipelineError } from "../../domain/errors.ts";

/** Where Amazon MSK's control plane is; what is left out is what the AWS SDK finds in the environment. */
export interface MskLocation {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  /** How long an answer may take. Default: 15 s. */
  readonly answerMsMax?: number;
}

const connectMsMax = 5000;
const answerMsMaxDefault = 15_000;
/** The control plane takes few requests a second of all clients of an account together; the SDK waits longer after each. */
const attemptsMax = 6;

/**
 * Does work with a client of Amazon MSK's control plane. The SDK is loaded at the first call only.
 * @param what completes "Amazon MSK cannot …"
 * @throws PipelineError `kafkaFailed`; retriable where the service was busy or out of reach
 */
export async function withMsk<T>(
  { region, endpoint, answerMsMax = answerMsMaxDefault }: MskLocation,
  what: string,
  work: (client: KafkaClient) => Promise<T>,
): Promise<T> {
  const { KafkaClient } = await import("@aws-sdk/client-kafka");
  const client = new KafkaClient({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: attemptsMax,
    requestHandler: { connectionTimeout: connectMsMax, requestTimeout: answerMsMax, throwOnRequestTimeout: true },
  });
  try {
    return await work(client);
  } catch (error) {
    throw error instanceof PipelineError ? error : mskFault(error, what);
  } finally {
    client.destroy();
  }
}

function mskFault(error: unknown, what: string): PipelineError {
  const { name, message, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const isPassing = name !== "CredentialsProviderError" && (status === undefined || status === 429 || status >= 500);
  return new PipelineError("kafkaFailed", `Amazon MSK cannot ${what} (${name}: ${message}).`, {
    remedy: isPassing
      ? "Try again in a minute; see that this machine reaches the kafka service of its Region."
      : "Check the cluster's ARN, AWS_REGION, and the rights of the role to this action of kafka.",
    retriable: isPassing,
    cause: error,
  });
}

/** True for a fault of a kind that MSK names; looks through the fault that `withMsk` makes of it. */
export function isMskFault(error: unknown, name: string): boolean {
  const cause = error instanceof PipelineError ? error.cause : error;
  return cause instanceof Error && cause.name === name;
}

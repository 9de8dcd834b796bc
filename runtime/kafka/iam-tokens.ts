import { PipelineError } from "../../domain/errors.ts";

/**
 * Tokens for MSK's access control by IAM: a signed request of 15 minutes for `kafka-cluster:Connect`, made of the credentials that the AWS SDK finds.
 * Each call makes a new one, since credentials of a role change by themselves. Signer and SDK are loaded at the first call only.
 * @throws PipelineError (from the function) `kafkaAuthentication` where there are no credentials
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/iam-access-control.html
 */
export function iamTokens(region: string): () => Promise<string> {
  return async () => {
    const { generateAuthToken } = await import("aws-msk-iam-sasl-signer-js");
    try {
      return (await generateAuthToken({ region })).token;
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new PipelineError(
        "kafkaAuthentication",
        `There are no AWS credentials to sign in to Kafka with (${reason}).`,
        {
          remedy:
            "Give the machine or the function a role, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
          // A role's credentials are read over the network: they may be there the next time.
          retriable: true,
          cause: error,
        },
      );
    }
  };
}

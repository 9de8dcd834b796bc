import { Arn, ArnFormat, Token } from "aws-cdk-lib";
import { PipelineError } from "../../domain/errors.ts";

/** What the two names that a provider tells say about it. */
export interface FeedArns {
  readonly partition: string;
  readonly region: string;
  /** The provider's account: the key of the secret is there, too. */
  readonly account: string;
}

/**
 * Reads the provider's account and region off the two ARNs.
 * @throws PipelineError `badConfiguration` where they name different accounts or regions, or are known at deployment only
 */
export function feedArns(clusterArn: string, secretArn: string): FeedArns {
  if (Token.isUnresolved(clusterArn) || Token.isUnresolved(secretArn)) {
    // The region decides about the stack, and so must be known when the template is made.
    throw faulty("The cluster's and the secret's ARN must be text, and not values of the deployment.");
  }
  const cluster = Arn.split(clusterArn, ArnFormat.SLASH_RESOURCE_NAME);
  const secret = Arn.split(secretArn, ArnFormat.COLON_RESOURCE_NAME);
  if (cluster.region !== secret.region || cluster.account !== secret.account) {
    throw faulty("The cluster and the secret must be of one account and region: the provider's.");
  }
  return { partition: cluster.partition ?? "", region: cluster.region ?? "", account: cluster.account ?? "" };
}

function faulty(message: string): PipelineError {
  return new PipelineError("badConfiguration", message, { remedy: "Ask the provider for both ARNs as text." });
}

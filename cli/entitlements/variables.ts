import { z } from "zod";
import { kafkaVariables, logVariables, openSearchVariables } from "../../runtime/config/variables.ts";

/** What the commands about entitlements are told by the environment: an administrator's, as `bellwether local` prints it. */
export const entitlementsVariables = kafkaVariables
  .extend(logVariables.shape)
  .extend(openSearchVariables.partial().shape)
  .extend({
    // Users' names have underscores: after any other ending one deployment's secrets would look like another's.
    TOPIC_PREFIX: kafkaVariables.shape.TOPIC_PREFIX.refine((prefix) => /^$|[.-]$/.test(prefix), {
      error:
        "must end with a dot or a hyphen where entitlements are used, so that no deployment takes another's users for its own",
    }).describe("Begins every topic, group and transactional id; ends with a dot or a hyphen"),
    MSK_CLUSTER_ARN: z
      .string()
      .regex(/^arn:[^:]+:kafka:[^:]+:\d{12}:cluster\//, "is not the ARN of a cluster of Amazon MSK")
      .optional()
      .describe("The cluster, where it is of Amazon MSK: users are made by its own API, of secrets in Secrets Manager"),
    ENTITLEMENTS_FILE: z.string().min(1).default("entitlements.yaml").describe("The file that says who may see what"),
  });

/** What `denied` is told: it reads a file, and no cluster. */
export const deniedVariables = z.object({
  KAFKA_AUTHORIZER_LOG: z.string().min(1).optional().describe("The log of the brokers' authorizer"),
});

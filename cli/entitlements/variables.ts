import { z } from "zod";
import { kafkaVariables, logVariables } from "../../runtime/config/variables.ts";

/** What the commands about entitlements are told by the environment: an administrator's, as `bellwether local` prints it. */
export const entitlementsVariables = kafkaVariables.extend(logVariables.shape).extend({
  ENTITLEMENTS_FILE: z.string().min(1).default("entitlements.yaml").describe("The file that says who may see what"),
});

/** What `denied` is told: it reads a file, and no cluster. */
export const deniedVariables = z.object({
  KAFKA_AUTHORIZER_LOG: z.string().min(1).optional().describe("The log of the brokers' authorizer"),
});

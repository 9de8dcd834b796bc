import type { z } from "zod";
import type { Environment } from "../runtime/config/environment.ts";
import { parseConfig } from "../runtime/config/parse.ts";
import { kafkaVariables, logVariables } from "../runtime/config/variables.ts";

/** What the enricher is told by its environment: only where Kafka is. The rules' settings come with the raw log. */
export const enricherVariables = kafkaVariables.extend(logVariables.shape);

export type EnricherConfig = Readonly<z.output<typeof enricherVariables>>;

/** @throws PipelineError `badConfiguration` with every fault */
export function enricherConfig(environment: Environment): EnricherConfig {
  return parseConfig(enricherVariables, environment);
}

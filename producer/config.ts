import { z } from "zod";
import type { Environment } from "../runtime/config/environment.ts";
import { parseConfig } from "../runtime/config/parse.ts";
import {
  alpacaVariables,
  kafkaVariables,
  logVariables,
  metricsVariables,
  ruleVariables,
} from "../runtime/config/variables.ts";

/** What the producer is told by its environment: where Kafka and Alpaca are, and the market rules' settings, which it writes to the raw log. */
export const producerVariables = z.object({
  ...kafkaVariables.shape,
  ...alpacaVariables.shape,
  ...ruleVariables.shape,
  HEARTBEATS: z
    .enum(["live", "recorded"])
    .default("live")
    .describe("What tells the stream's time: the clock, or the messages themselves"),
  DATA_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .max(86_400_000)
    .default(300_000)
    .describe("A live stream silent for this long in regular hours is connected anew"),
  PRODUCER_STATE_DIR: z
    .string()
    .min(1)
    .optional()
    .describe("Folder that outlives this process: a gap is written for the time between two runs; unset: none is"),
  ...logVariables.shape,
  ...metricsVariables.shape,
});

export type ProducerConfig = Readonly<z.output<typeof producerVariables>>;

/** @throws PipelineError `badConfiguration` with every fault */
export function producerConfig(environment: Environment): ProducerConfig {
  return parseConfig(producerVariables, environment);
}

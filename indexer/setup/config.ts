import { z } from "zod";
import type { Environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { integer, kafkaVariables, logVariables, openSearchVariables } from "../../runtime/config/variables.ts";
import { indexPrefixOf, isIndexable } from "../index-names.ts";
import type { TemplateSettings } from "../templates.ts";

/** What the indices are made by: the same for the indexer and for `index setup`. */
export const indexVariables = z.object({
  TOPIC_PREFIX: kafkaVariables.shape.TOPIC_PREFIX.refine(isIndexable, {
    message: "begins the indices too, so it must begin with a letter or digit",
  }),
  OPENSEARCH_SHARDS: integer(1, 64)
    .default(1)
    .describe("Primary shards of a new day of quotes, trades and candles; one takes 20,000 documents/s"),
  OPENSEARCH_REPLICAS: integer(0, 8).default(0).describe("Copies of each shard; at least 1 where nodes may fail"),
  OPENSEARCH_REFRESH_MS: integer(100, 3_600_000)
    .default(1000)
    .describe("How long a stored document may stay out of searches"),
  OPENSEARCH_RETAIN_DAYS: integer(1, 36_500)
    .optional()
    .describe("Delete days older than this; unset: all are kept. Ages go by event time: recordings of old days too"),
  OPENSEARCH_COMPRESS_AFTER_DAYS: integer(1, 36_500)
    .optional()
    .describe("Store days older than this in less room; unset: none"),
});

/** What `index setup` is told by its environment. */
export const setupVariables = openSearchVariables
  .extend(indexVariables.shape)
  .extend(logVariables.shape)
  .extend(kafkaVariables.pick({ AWS_REGION: true, AWS_ENDPOINT_URL: true }).shape);

export type SetupConfig = Readonly<z.output<typeof setupVariables>>;

/** @throws PipelineError `badConfiguration` with every fault */
export function setupConfig(environment: Environment): SetupConfig {
  return parseConfig(setupVariables, environment);
}

/** The templates' settings of a configuration. */
export function templateSettingsOf(config: z.output<typeof indexVariables>): TemplateSettings {
  return {
    indexPrefix: indexPrefixOf(config.TOPIC_PREFIX),
    shards: config.OPENSEARCH_SHARDS,
    replicas: config.OPENSEARCH_REPLICAS,
    refreshMs: config.OPENSEARCH_REFRESH_MS,
  };
}

import { z } from "zod";
import type { RoleMapping } from "../../domain/entitlements/role-definition.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { integer, kafkaVariables, logVariables, openSearchVariables } from "../../runtime/config/variables.ts";
import { indexPrefixOf, isIndexable } from "../index-names.ts";
import type { TemplateSettings } from "../templates.ts";
import type { RoleHolders } from "./roles.ts";

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
    .default(750)
    .describe("How long a stored document may stay out of searches"),
  OPENSEARCH_RETAIN_DAYS: integer(1, 36_500)
    .optional()
    .describe("Delete days older than this; unset: all are kept. Ages go by event time: recordings of old days too"),
  OPENSEARCH_COMPRESS_AFTER_DAYS: integer(1, 36_500)
    .optional()
    .describe("Store days older than this in less room; unset: none"),
});

/** "indexer,role:desk": users, and after `role:` groups of users as whoever signs them in tells them. */
const holders = z
  .string()
  .regex(/^[^\s,]*(\s*,\s*[^\s,]+)*$/, "names separated by commas")
  .transform((text): RoleMapping => {
    const names = text.split(",").flatMap((part) => part.trim() || []);
    const isGroup = (name: string) => name.startsWith(groupBeginning);
    return {
      users: names.filter((name) => !isGroup(name)),
      backend_roles: names.filter(isGroup).map((name) => name.slice(groupBeginning.length)),
    };
  })
  .optional();
const groupBeginning = "role:";

/** What `index setup` is told by its environment. */
export const setupVariables = openSearchVariables
  .extend(indexVariables.shape)
  .extend(logVariables.shape)
  .extend(kafkaVariables.pick({ AWS_REGION: true, AWS_ENDPOINT_URL: true }).shape)
  .extend({
    OPENSEARCH_WRITERS: holders.describe(
      "Users of OpenSearch that index, separated by commas; role:NAME is a backend role",
    ),
    OPENSEARCH_KEEPERS: holders.describe("Those that also delete and compress old days (`index --retain`)"),
    OPENSEARCH_READERS: holders.describe("Those that search everything and see the dashboards"),
  });

export type SetupConfig = Readonly<z.output<typeof setupVariables>>;

/** @throws PipelineError `badConfiguration` with every fault */
export function setupConfig(environment: Environment): SetupConfig {
  return parseConfig(setupVariables, environment);
}

/** Who is to have the roles; null where all is left as it is. */
export function roleHoldersOf(config: SetupConfig): RoleHolders {
  return {
    writers: config.OPENSEARCH_WRITERS ?? null,
    keepers: config.OPENSEARCH_KEEPERS ?? null,
    readers: config.OPENSEARCH_READERS ?? null,
  };
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

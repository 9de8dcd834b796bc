import { z } from "zod";
import type { Environment } from "../runtime/config/environment.ts";
import { parseConfig } from "../runtime/config/parse.ts";
import {
  integer,
  kafkaVariables,
  logVariables,
  metricsVariables,
  openSearchVariables,
} from "../runtime/config/variables.ts";
import { indexVariables } from "./setup/config.ts";

/** What the indexer is told by its environment. */
export const indexerVariables = kafkaVariables
  .extend(openSearchVariables.shape)
  .extend(logVariables.shape)
  .extend(metricsVariables.shape)
  .extend(indexVariables.shape)
  .extend({
    BULK_MAX_DOCUMENTS: integer(1, 50_000).default(5000).describe("Documents of one bulk request"),
    BULK_MAX_BYTES: integer(1000, 90_000_000).default(5_000_000).describe("Bytes of one bulk request"),
    BULK_LINGER_MS: integer(0, 60_000).default(100).describe("How long a document may wait for others"),
    BULK_REQUESTS_IN_FLIGHT: integer(1, 32).default(2).describe("Bulk requests at a time"),
    INDEX_FROM: z
      .enum(["committed", "beginning"])
      .default("committed")
      .describe("Where to start: beginning reads all that the topics keep once more, and stores what is missing"),
  });

export type IndexerConfig = Readonly<z.output<typeof indexerVariables>>;

/** @throws PipelineError `badConfiguration` with every fault */
export function indexerConfig(environment: Environment): IndexerConfig {
  return parseConfig(indexerVariables, environment);
}

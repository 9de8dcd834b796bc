import { availableParallelism } from "node:os";
import { z } from "zod";
import type { Environment } from "../runtime/config/environment.ts";
import { parseConfig } from "../runtime/config/parse.ts";
import { integer, kafkaVariables, logVariables, metricsVariables } from "../runtime/config/variables.ts";
import type { RunnerSettings } from "./unit/runner.ts";

/** How the raw log is folded exactly once; nothing here changes what is published. */
const unitVariables = z.object({
  ENRICHER_THREADS: integer(1, 256)
    .default(availableParallelism())
    .describe("Threads that fold, each a member of the group; by default one for each core"),
  ENRICHER_UNIT_PARTITIONS: integer(1, 1024)
    .default(6)
    .describe("Partitions that are folded and committed together (D1); the same for all instances of a group"),
  COMMIT_MAX_MS: integer(1, 10_000).default(100).describe("Longest time that a transaction takes in records"),
  COMMIT_MAX_RECORDS: integer(1, 1_000_000).default(20_000).describe("Most raw records of a transaction"),
  COMMIT_MAX_BYTES: integer(1024, 1_000_000_000).default(33_554_432).describe("Most bytes of outputs of a transaction"),
  SNAPSHOT_EVERY_RECORDS: integer(1, 1_000_000_000)
    .default(50_000)
    .describe("Raw records of a partition between two snapshots of its state (D2)"),
  SNAPSHOT_EVERY_MS: integer(100, 86_400_000).default(30_000).describe("Time between two snapshots where less comes"),
  ENRICHER_LOST_STATE: z
    .enum(["stop", "accept"])
    .default("stop")
    .describe("Where no snapshot can be used and the raw log has lost its beginning: stop, or go on from what is kept"),
  TRANSACTION_TIMEOUT_MS: integer(1000, 900_000)
    .default(30_000)
    .describe("When the broker gives up the transaction of an instance that is silent"),
  SESSION_TIMEOUT_MS: integer(1000, 300_000)
    .default(10_000)
    .describe("When the group gives up an instance that is silent"),
});

/** What the enricher is told by its environment: where Kafka is, and how to run. The rules' settings come with the raw log. */
export const enricherVariables = kafkaVariables
  .extend(logVariables.shape)
  .extend(metricsVariables.shape)
  .extend(unitVariables.shape);

export type EnricherConfig = Readonly<z.output<typeof enricherVariables>>;

/** @throws PipelineError `badConfiguration` with every fault */
export function enricherConfig(environment: Environment): EnricherConfig {
  return parseConfig(enricherVariables, environment);
}

/** So many raw records are folded before what waits for the thread has its turn: about five milliseconds. */
const turnRecords = 1000;

/** The runner's part of the configuration. */
export function runnerSettings(config: z.output<typeof unitVariables>): RunnerSettings {
  return {
    unitPartitions: config.ENRICHER_UNIT_PARTITIONS,
    bounds: { ms: config.COMMIT_MAX_MS, records: config.COMMIT_MAX_RECORDS, bytes: config.COMMIT_MAX_BYTES },
    snapshots: { records: config.SNAPSHOT_EVERY_RECORDS, ms: config.SNAPSHOT_EVERY_MS },
    acceptsLostState: config.ENRICHER_LOST_STATE === "accept",
    turnRecords,
    transactionTimeoutMs: config.TRANSACTION_TIMEOUT_MS,
    sessionTimeoutMs: config.SESSION_TIMEOUT_MS,
  };
}

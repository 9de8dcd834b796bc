import { z } from "zod";
import type { ThresholdOf } from "../domain/products/bar.ts";
import { settingsOf } from "../domain/settings.ts";
import type { Environment } from "../runtime/config/environment.ts";
import { parseConfig } from "../runtime/config/parse.ts";
import { settingsFrom } from "../runtime/config/rules.ts";
import { integer, kafkaVariables, logVariables, metricsVariables, ruleVariables } from "../runtime/config/variables.ts";

const { THRESHOLD_PERCENT, THRESHOLD_PERCENT_BY_SYMBOL } = ruleVariables.shape;

/** What the distributor is told by its environment. */
export const distributorVariables = kafkaVariables
  .extend(logVariables.shape)
  .extend(metricsVariables.shape)
  .extend({
    ENTITLEMENTS_FILE: z.string().min(1).describe("The file that says which products there are (entitlements.yaml)"),
    THRESHOLD_PERCENT: THRESHOLD_PERCENT.describe("Of the shape bar: the same as the producer's (I1)"),
    THRESHOLD_PERCENT_BY_SYMBOL: THRESHOLD_PERCENT_BY_SYMBOL.describe("Of the shape bar: the same as the producer's"),
    DISTRIBUTOR_UNIT_PARTITIONS: integer(1, 1024)
      .default(3)
      .describe("Partitions that are written and committed together; the same for all instances"),
    TRANSACTION_TIMEOUT_MS: integer(1000, 900_000)
      .default(30_000)
      .describe("When the broker gives up the transaction of an instance that is silent"),
    SESSION_TIMEOUT_MS: integer(1000, 300_000)
      .default(10_000)
      .describe("When a product's group gives up an instance that is silent"),
  });

export type DistributorConfig = Readonly<z.output<typeof distributorVariables>>;

/** @throws PipelineError `badConfiguration` with every fault */
export function distributorConfig(environment: Environment): DistributorConfig {
  return parseConfig(distributorVariables, environment);
}

/** The thresholds of the bars' indicators. @throws PipelineError `badConfiguration` for one of more than four decimals */
export function thresholdsOf(
  config: Pick<DistributorConfig, "THRESHOLD_PERCENT" | "THRESHOLD_PERCENT_BY_SYMBOL">,
): ThresholdOf {
  const rules = { ...ruleVariables.parse({}), ...config };
  const settings = settingsOf(settingsFrom(rules, "none: only the thresholds are used"));
  return (symbol) => settings.thresholdMillionthsBySymbol.get(symbol) ?? settings.thresholdMillionths;
}

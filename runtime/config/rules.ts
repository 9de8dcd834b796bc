import type { z } from "zod";
import { PipelineError } from "../../domain/errors.ts";
import { type SettingsDocument, settingsSchema } from "../../domain/settings.ts";
import type { ruleVariables } from "./variables.ts";

/**
 * The settings record that the environment's rule variables make.
 * @throws PipelineError `badConfiguration` with every fault: an interval that does not divide an hour, a watermark delay longer than a window
 */
export function settingsFrom(config: Readonly<z.output<typeof ruleVariables>>, calendar: string): SettingsDocument {
  const bySymbol = config.THRESHOLD_PERCENT_BY_SYMBOL.map((entry) => entry.split("=") as [string, string]);
  const result = settingsSchema.safeParse({
    T: "settings",
    thresholdPercent: config.THRESHOLD_PERCENT,
    thresholdPercentBySymbol: Object.fromEntries(bySymbol.map(([symbol, percent]) => [symbol, Number(percent)])),
    intervals: config.WINDOW_INTERVALS,
    maxOutOfOrderMs: config.MAX_OUT_OF_ORDER_MS,
    graceMs: config.GRACE_MS,
    maxAheadMs: config.MAX_AHEAD_MS,
    maxSpreadPercent: config.MAX_SPREAD_PERCENT,
    adjustDividends: config.ADJUST_DIVIDENDS,
    calendar,
  } satisfies SettingsDocument);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `  ${variableOf(issue.path)}: ${issue.message}`);
  throw new PipelineError("badConfiguration", `The configuration has faults:\n${faults.join("\n")}\n`, {
    remedy: "Set these environment variables and start again.",
  });
}

const variables: Readonly<Record<string, string>> = {
  thresholdPercent: "THRESHOLD_PERCENT",
  thresholdPercentBySymbol: "THRESHOLD_PERCENT_BY_SYMBOL",
  intervals: "WINDOW_INTERVALS",
  maxOutOfOrderMs: "MAX_OUT_OF_ORDER_MS",
  graceMs: "GRACE_MS",
  maxAheadMs: "MAX_AHEAD_MS",
  maxSpreadPercent: "MAX_SPREAD_PERCENT",
};

function variableOf(path: readonly PropertyKey[]): string {
  return variables[String(path[0])] ?? String(path[0]);
}

import type { LogFields } from "../log/log.ts";
import { wholeGauges } from "./metrics.ts";
import type { StageReport } from "./report.ts";

/** The moments that are told, as how long ago they were, and what that is called. */
const delays: Readonly<Record<string, string>> = {
  watermarkMicros: "watermarkDelayMs",
  publishedMicros: "sincePublishedMs",
};

/**
 * A stage's figures since the line before, as fields of a log line: what it has done, how far behind it is, and its gauges. A count that is not in it
 * has not moved, so that a sum over lines is a count. Parts of counts are left out, and gauges with parts are told as a whole.
 */
export function metricsLine(report: StageReport, before: StageReport | null, nowMicros: number): LogFields {
  const { counts, gauges, moments } = report.metrics;
  const fields: Record<string, number | string> = { state: report.state };
  for (const [name, count] of Object.entries(counts)) {
    const grown = count - (before?.metrics.counts[name] ?? 0);
    if (grown !== 0 && !name.includes(".")) fields[name] = grown;
  }
  for (const [name, micros] of Object.entries(moments)) {
    const delay = delays[name];
    if (delay !== undefined && micros > 0) fields[delay] = Math.max(0, Math.round((nowMicros - micros) / 1000));
  }
  return { ...fields, ...wholeGauges(gauges) };
}

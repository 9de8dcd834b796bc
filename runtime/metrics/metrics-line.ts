import type { LogFields } from "../log/log.ts";
import type { StageReport } from "./report.ts";

/** Values that are set, and tell of this moment; all others only grow, and are told as what they have grown by. */
const gauges: ReadonlySet<string> = new Set(["queued", "waiting", "regularHours"]);
/** Moments, microseconds since the epoch: told as how long ago they were. */
const moments: Readonly<Record<string, string>> = {
  watermarkMicros: "watermarkDelayMs",
  publishedMicros: "sincePublishedMs",
};
const lagPrefix = "lag.";

/**
 * A stage's figures since the line before, as fields of a log line: what it has done, how far behind it is, and its gauges. A counter that is not in it
 * has not moved, so that a sum over lines is a count. Names with a dot are parts of others and left out, but for the lags, which are summed.
 */
export function metricsLine(report: StageReport, before: StageReport | null, nowMicros: number): LogFields {
  const fields: Record<string, number | string> = { state: report.state };
  let lag: number | null = null;
  for (const [name, value] of Object.entries(report.metrics)) {
    const moment = moments[name];
    if (name.startsWith(lagPrefix)) lag = (lag ?? 0) + value;
    else if (gauges.has(name)) fields[name] = value;
    else if (moment !== undefined) {
      if (value > 0) fields[moment] = Math.max(0, Math.round((nowMicros - value) / 1000));
    } else if (!name.includes(".") && !name.endsWith("Micros")) {
      const grown = value - (before?.metrics[name] ?? 0);
      if (grown !== 0) fields[name] = grown;
    }
  }
  return lag === null ? fields : { ...fields, lag };
}

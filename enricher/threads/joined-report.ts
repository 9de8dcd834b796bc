import type { MemberReport } from "../member.ts";

/** Gauges of which the furthest counts; all others are counters, whose sum counts. */
const gauges: ReadonlySet<string> = new Set(["publishedMicros", "watermarkMicros"]);
const lagPrefix = "lag.";

/** What several members have done, as of one. A partition's lag is told by the member that has it now. */
export function joinedReport(reports: readonly MemberReport[]): MemberReport {
  const metrics: Record<string, number> = {};
  for (const { metrics: own, positions } of reports) {
    const owned = new Set(positions.map(({ partition }) => `${lagPrefix}${partition}`));
    for (const [name, value] of Object.entries(own)) {
      if (name.startsWith(lagPrefix)) {
        if (owned.has(name)) metrics[name] = value;
      } else if (gauges.has(name)) metrics[name] = Math.max(metrics[name] ?? value, value);
      else metrics[name] = (metrics[name] ?? 0) + value;
    }
  }
  return { metrics, positions: reports.flatMap(({ positions }) => positions) };
}

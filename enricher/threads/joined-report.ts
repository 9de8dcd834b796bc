import type { MemberReport } from "../member.ts";

const lagPrefix = "lag.";

/**
 * What several members have done, as of one: their counts and gauges are summed, and of their moments the furthest counts. A partition's lag is told by
 * the member that has it now.
 */
export function joinedReport(reports: readonly MemberReport[]): MemberReport {
  const counts: Record<string, number> = {};
  const gauges: Record<string, number> = {};
  const moments: Record<string, number> = {};
  for (const { metrics, positions } of reports) {
    const owned = new Set(positions.map(({ partition }) => `${lagPrefix}${partition}`));
    for (const [name, count] of Object.entries(metrics.counts)) counts[name] = (counts[name] ?? 0) + count;
    for (const [name, value] of Object.entries(metrics.gauges)) {
      if (!name.startsWith(lagPrefix) || owned.has(name)) gauges[name] = (gauges[name] ?? 0) + value;
    }
    for (const [name, micros] of Object.entries(metrics.moments)) {
      moments[name] = Math.max(moments[name] ?? micros, micros);
    }
  }
  return { metrics: { counts, gauges, moments }, positions: reports.flatMap(({ positions }) => positions) };
}

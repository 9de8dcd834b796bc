import { describe, expect, it } from "vitest";
import { metricsLine } from "../../../runtime/metrics/metrics-line.ts";
import type { StageReport } from "../../../runtime/metrics/report.ts";

const report = (metrics: Partial<StageReport["metrics"]>): StageReport => ({
  stage: "enricher",
  state: "running",
  metrics: { counts: {}, gauges: {}, moments: {}, ...metrics },
  positions: [],
  prices: [],
});

describe("a line of figures", () => {
  it("tells counts by what they have grown, so that a sum over lines is a count", () => {
    const first = report({ counts: { records: 100, aborts: 2 } });
    const second = report({ counts: { records: 130, aborts: 2 } });
    const sum = [metricsLine(first, null, 0), metricsLine(second, first, 0)].map(({ records }) => Number(records));
    expect(sum).toEqual([100, 30]);
    expect(metricsLine(second, first, 0)).not.toHaveProperty("aborts");
  });

  it("tells moments by how long ago they were, and none that has not been yet", () => {
    const fields = metricsLine(
      report({ moments: { watermarkMicros: 1_000_000, publishedMicros: 0 } }),
      null,
      4_500_000,
    );
    expect(fields).toEqual({ state: "running", watermarkDelayMs: 3500 });
  });

  it("tells gauges as they are, though they are what they were", () => {
    const same = report({ gauges: { regularHours: 1, queued: 7 } });
    expect(metricsLine(same, same, 0)).toEqual({ state: "running", regularHours: 1, queued: 7 });
  });

  it("sums the lags of partitions, a sum of nothing too, and leaves other parts out", () => {
    const counts = { deadLettered: 2, "deadLettered.notJson": 2 };
    const fields = metricsLine(report({ counts, gauges: { "lag.0": 3, "lag.7": 4 } }), null, 0);
    expect(fields).toEqual({ state: "running", deadLettered: 2, lag: 7 });
    expect(metricsLine(report({ gauges: { "lag.0": 0 } }), null, 0)).toHaveProperty("lag", 0);
  });
});

import { expect, it } from "vitest";
import { joinedReport } from "../../../enricher/threads/joined-report.ts";

const at = (partition: number) => ({ topic: "raw", partition, offset: 1 });

it("counts of all threads are summed, and of the times the furthest counts", () => {
  const { metrics } = joinedReport([
    { metrics: { counts: { records: 3 }, gauges: {}, moments: { watermarkMicros: 20 } }, positions: [] },
    { metrics: { counts: { records: 4, enriched: 1 }, gauges: {}, moments: { watermarkMicros: 10 } }, positions: [] },
  ]);
  expect(metrics).toEqual({ counts: { records: 7, enriched: 1 }, gauges: {}, moments: { watermarkMicros: 20 } });
});

it("a partition's lag is told by the thread that has it, not by one that had it before", () => {
  const { metrics, positions } = joinedReport([
    { metrics: { counts: {}, gauges: { "lag.0": 5, "lag.1": 900 }, moments: {} }, positions: [at(0)] },
    { metrics: { counts: {}, gauges: { "lag.1": 7 }, moments: {} }, positions: [at(1)] },
  ]);
  expect(metrics.gauges).toEqual({ "lag.0": 5, "lag.1": 7 });
  expect(positions).toEqual([at(0), at(1)]);
});

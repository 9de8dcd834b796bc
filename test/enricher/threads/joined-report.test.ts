import { expect, it } from "vitest";
import { joinedReport } from "../../../enricher/threads/joined-report.ts";

const at = (partition: number) => ({ topic: "raw", partition, offset: 1 });

it("counters of all threads are summed, and of the times the furthest counts", () => {
  const { metrics } = joinedReport([
    { metrics: { records: 3, watermarkMicros: 20 }, positions: [] },
    { metrics: { records: 4, watermarkMicros: 10, enriched: 1 }, positions: [] },
  ]);
  expect(metrics).toEqual({ records: 7, watermarkMicros: 20, enriched: 1 });
});

it("a partition's lag is told by the thread that has it, not by one that had it before", () => {
  const { metrics, positions } = joinedReport([
    { metrics: { "lag.0": 5, "lag.1": 900 }, positions: [at(0)] },
    { metrics: { "lag.1": 7 }, positions: [at(1)] },
  ]);
  expect(metrics).toEqual({ "lag.0": 5, "lag.1": 7 });
  expect(positions).toEqual([at(0), at(1)]);
});

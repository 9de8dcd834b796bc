import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLog } from "../../../runtime/log/log.ts";
import { reportRegularly, type StageReport } from "../../../runtime/metrics/report.ts";

const startMicros = 1_000_000_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lines that a stage has logged, and the hand that turns its clock. */
function stage(everySeconds: number) {
  const lines: Record<string, unknown>[] = [];
  let state: StageReport["state"] = "starting";
  let records = 0;
  let passedMs = 0;
  const log = createLog({
    stage: "enricher",
    level: "info",
    format: "json",
    now: () => new Date(0),
    write: (line) => lines.push(JSON.parse(line)),
  });
  const clock = { nowMicros: () => startMicros + passedMs * 1000 };
  const reports = reportRegularly(
    () => {
      records += 1;
      const metrics = { counts: { records }, gauges: {}, moments: {} };
      return { stage: "enricher", state, metrics, positions: [], prices: [] };
    },
    { log, clock, everySeconds },
  );
  return {
    lines,
    reports,
    becomes: (next: StageReport["state"]) => {
      state = next;
    },
    pass: (ms: number) => {
      for (let at = 0; at < ms; at += 500) {
        passedMs += 500;
        vi.advanceTimersByTime(500);
      }
    },
  };
}

describe("figures in the log", () => {
  it("come as often as is asked for", () => {
    const { lines, pass, reports } = stage(60);
    pass(1000);
    const first = lines.length;
    pass(120_000);
    expect(lines.length - first).toBe(2);
    expect(lines.at(-1)).toMatchObject({ message: "metrics", stage: "enricher", state: "starting", records: 120 });
    reports.close();
  });

  it("come at once when the state is another: what a deployment waits for", () => {
    const { lines, pass, becomes, reports } = stage(60);
    pass(1000);
    becomes("running");
    pass(500);
    expect(lines.at(-1)).toMatchObject({ state: "running" });
    reports.close();
  });

  it("do not come where nobody asked", () => {
    const { lines, pass, reports } = stage(0);
    pass(180_000);
    reports.close();
    expect(lines).toEqual([]);
  });
});

import { expect, it } from "vitest";
import { heartbeatPauses } from "../../../runtime/kafka/heartbeat-pauses.ts";

function first(count: number, maxMs: number): number[] {
  const pauses = heartbeatPauses(maxMs);
  return Array.from({ length: count }, () => pauses.next().value);
}

it("a young generation asks often, an older one in its own time", () => {
  const pauses = first(20, 1000);
  expect(pauses[0]).toBeLessThanOrEqual(100);
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  expect(pauses.at(-1)).toBe(1000);
  // Who comes later is met later, but within half as long as it took to come.
  let ageMs = 0;
  for (const pauseMs of pauses) {
    expect(pauseMs).toBeLessThanOrEqual(100 + ageMs / 2);
    ageMs += pauseMs;
  }
});

it("no pause is longer than the session allows", () => {
  expect(first(5, 50)).toEqual([50, 50, 50, 50, 50]);
});

import { describe, expect, it } from "vitest";
import { runHistory, type Scenario } from "./history.ts";
import { heldUp, plantedBugs } from "./planted-bugs.ts";
import { marketScenario, smallScenario } from "./scenarios.ts";

/** The first seed whose history goes wrong, and how; null where none does. */
function firstFailure<State>(scenario: Scenario<State>, seeds: number): { seed: number; failure: string } | null {
  for (let seed = 1; seed <= seeds; seed++) {
    const [failure] = runHistory(seed, scenario).failures;
    if (failure !== undefined) return { seed, failure };
  }
  return null;
}

it("D1, D2: whatever goes wrong, what is published equals the pure fold of the log, and offsets its end", () => {
  expect(firstFailure(smallScenario, 300)).toBeNull();
});

it("D1, D2: so it is with the market's own fold", () => {
  expect(firstFailure(marketScenario, 40)).toBeNull();
});

it("a seed gives the same history each time, step by step", () => {
  const lines = [1, 2].map(() => {
    const traced: string[] = [];
    runHistory(7, smallScenario, (line) => traced.push(line));
    return traced;
  });
  expect(lines[0]?.length).toBeGreaterThan(50);
  expect(lines[0]).toEqual(lines[1]);
});

it("D1, D2: so it is where takeovers take long, and brokers that are stopped leave much to take over", () => {
  expect(firstFailure({ ...smallScenario, faults: heldUp }, 300)).toBeNull();
});

describe("the simulation finds a runner that", () => {
  it.each(Object.entries(plantedBugs))("%s", (_, scenario) => {
    expect(firstFailure(scenario, 300)).not.toBeNull();
  });
});

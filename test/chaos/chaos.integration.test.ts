import { expect, it } from "vitest";
import { seededRandom } from "../../local/simulator/random.ts";
import { runChaos } from "../../scripts/chaos/chaos.ts";
import { quietLog } from "../support/broker.ts";

it("D1: three kills and a zombie under load lose, double and change nothing", { timeout: 240_000 }, async () => {
  const plan = { kills: 3, zombies: 1, brokerRestarts: 0, joins: 0, quotesPerSecond: 2000, random: seededRandom(7) };
  const { quotes, verified, failures, isFolded } = await runChaos(plan, process.env, quietLog);
  expect(isFolded).toBe(true);
  expect(verified).toMatchObject({ missing: 0, duplicated: 0, different: 0 });
  // Every quote gives an enriched record at least: the audit has seen them all.
  expect(verified.equal).toBeGreaterThan(quotes);
  expect(failures).toEqual([]);
});

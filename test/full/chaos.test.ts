import { expect, it } from "vitest";
import { seededRandom } from "../../local/simulator/random.ts";
import { runChaos } from "../../scripts/chaos/chaos.ts";
import { quietLog } from "../support/broker.ts";

it("D1: twenty kills, zombies, broker restarts, instances that come and go: nothing is lost, doubled or changed", async () => {
  const plan = { kills: 20, zombies: 3, brokerRestarts: 3, joins: 4, quotesPerSecond: 3000, random: seededRandom(11) };
  const { quotes, verified, failures, isFolded } = await runChaos(plan, process.env, quietLog);
  expect(isFolded).toBe(true);
  expect(verified).toMatchObject({ missing: 0, duplicated: 0, different: 0 });
  expect(verified.equal).toBeGreaterThan(quotes);
  expect(failures).toEqual([]);
});

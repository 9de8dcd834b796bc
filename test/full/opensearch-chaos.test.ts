import { expect, it } from "vitest";
import { seededRandom } from "../../local/simulator/random.ts";
import { runOpenSearchChaos } from "../../scripts/chaos/open-search-chaos.ts";
import { quietLog } from "../support/broker.ts";

it("D5: ten kills of indexers and ten of OpenSearch under load: every document is stored once, and as it was published", async () => {
  const plan = { kills: 10, quotesPerSecond: 1000, random: seededRandom(17) };
  const report = await runOpenSearchChaos(plan, process.env, quietLog);
  const { quotes, verified, kills, failures, isIndexed } = report;
  expect(failures).toEqual([]);
  expect(isIndexed).toBe(true);
  expect(kills).toEqual({ indexer: 10, openSearch: 10 });
  expect(verified).toMatchObject({ missing: 0, unexpected: 0, different: 0, notJudged: { ahead: 0, older: 0 } });
  expect(verified.equal).toBe(verified.onTopics);
  // Every quote gives a document at least.
  expect(verified.equal).toBeGreaterThan(quotes);
});

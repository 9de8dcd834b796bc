import { expect, it } from "vitest";
import { commitRegularly } from "../../indexer/commit.ts";
import { Progress } from "../../indexer/progress.ts";
import type { GroupReader, TopicPosition } from "../../runtime/kafka/types.ts";

it("D5: offsets that Kafka could not take are committed again, though nothing more is stored meanwhile", async () => {
  const progress = new Progress();
  progress.assign([{ topic: "market.enriched", partition: 3 }]);
  progress.end(progress.begin("market.enriched", 3, 0, 10, 10), 10);
  const asked: (readonly TopicPosition[])[] = [];
  // The group is just joining at the first one.
  const commit: GroupReader["commit"] = async (positions) => (asked.push(positions) === 1 ? [] : positions);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const commits = commitRegularly(progress, commit, 60_000, log);
  await commits.now();
  await commits.now();
  await commits.close();
  const wanted = [{ topic: "market.enriched", partition: 3, offset: 10 }];
  expect(asked).toEqual([wanted, wanted]);
});

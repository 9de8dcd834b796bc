import { expect, it } from "vitest";
import { LikelyTargets } from "../../../runtime/kafka/likely-targets.ts";

const [often, seldom] = [0, 1].map((partition) => ({ topic: "out", partition }));
if (often === undefined || seldom === undefined) throw new Error("no partitions");

it("a partition is likely once twelve of the last sixteen transactions have written to it, and until fewer have", () => {
  const likely = new LikelyTargets();
  const given: number[] = [];
  for (let transaction = 1; transaction <= 30; transaction++) {
    if (transaction <= 14) likely.wrote([{ ...often }]);
    given.push(likely.next().length);
  }
  // The third is the first of the last twelve, until it is more than sixteen transactions ago.
  const firstLikely = 12;
  const lastLikely = 3 + 15;
  expect(given).toEqual(given.map((_, at) => (at + 1 >= firstLikely && at + 1 <= lastLikely ? 1 : 0)));
});

it("how often one transaction writes to a partition does not count; where the last has written to one that is not likely nothing is", () => {
  const likely = new LikelyTargets();
  for (let transaction = 1; transaction <= 32; transaction++) {
    likely.wrote([often, often]);
    likely.wrote([often]);
    const isUsual = transaction % 8 !== 0;
    if (!isUsual) likely.wrote([seldom]);
    expect(likely.next()).toEqual(isUsual && transaction >= 12 ? [often] : []);
  }
  likely.forget();
  expect(likely.next()).toEqual([]);
});

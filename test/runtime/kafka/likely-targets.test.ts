import { expect, it } from "vitest";
import { LikelyTargets } from "../../../runtime/kafka/likely-targets.ts";

const [often, seldom] = [0, 1].map((partition) => ({ topic: "out", partition }));
if (often === undefined || seldom === undefined) throw new Error("no partitions");

it("a partition is likely once four of the last sixteen transactions have written to it, and until fewer have", () => {
  const likely = new LikelyTargets();
  const given: number[] = [];
  for (let transaction = 1; transaction <= 30; transaction++) {
    if (transaction <= 6) likely.wrote([{ ...often }]);
    given.push(likely.next().length);
  }
  // The third of the six is the last of four, until it is more than sixteen transactions ago.
  const firstLikely = 4;
  const lastLikely = 3 + 15;
  expect(given).toEqual(given.map((_, at) => (at + 1 >= firstLikely && at + 1 <= lastLikely ? 1 : 0)));
});

it("how often one transaction writes to a partition does not count; what the last one has written to goes with the likely", () => {
  const likely = new LikelyTargets();
  for (let transaction = 1; transaction <= 16; transaction++) {
    likely.wrote([often, often]);
    likely.wrote([often]);
    if (transaction % 8 === 0) likely.wrote([seldom]);
    const expected = transaction % 8 === 0 ? [often, seldom] : [often];
    expect(likely.next()).toEqual(transaction < 4 ? [] : expected);
  }
  likely.forget();
  expect(likely.next()).toEqual([]);
});

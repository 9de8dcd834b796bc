import fc from "fast-check";
import { nyse } from "../../domain/calendar/nyse.ts";
import { topicNames } from "../../domain/topics.ts";
import type { PartitionState } from "../../enricher/operators/state.ts";
import { marketFold } from "../../enricher/unit/market-fold.ts";
import { anyStream, textOf } from "../support/random-stream.ts";
import type { Scenario } from "./history.ts";
import { type SmallState, smallFold, smallRawText } from "./small-fold.ts";

/** A cheap fold, so that many histories can be run. */
export const smallScenario: Scenario<SmallState> = {
  fold: smallFold,
  texts: (random, count) => Array.from({ length: count }, () => smallRawText(random)),
};

/** The market's own fold, on streams with every kind of record in them. */
export const marketScenario: Scenario<PartitionState> = {
  fold: marketFold({ calendar: nyse, topics: topicNames(""), logId: "the-log" }),
  texts(random) {
    const [events = []] = fc.sample(anyStream, { seed: random.between(0, 2 ** 31 - 1), numRuns: 1 });
    return events.map(textOf);
  },
};

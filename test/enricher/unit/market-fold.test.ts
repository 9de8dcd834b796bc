import { expect, it } from "vitest";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { topicNames } from "../../../domain/topics.ts";
import { marketFold } from "../../../enricher/unit/market-fold.ts";
import { Outbox } from "../../../enricher/unit/outbox.ts";
import type { FoldSink } from "../../../enricher/unit/partition-fold.ts";
import { outboxRecords } from "../../support/outbox-records.ts";
import { heartbeatText, midText } from "../../support/raw-log.ts";
import { record } from "./unit-at-work.ts";

const fold = marketFold({ calendar: nyse, topics: topicNames(""), logId: "log" });
/** The last is late, and revises the candles of both intervals. */
const texts = [midText(100, "15:04:10"), heartbeatText("15:05:01"), midText(90, "15:04:20")];

function folded(outbox: Outbox | null): FoldSink {
  const sink: FoldSink = { touched: new Set(), outbox };
  const state = fold.initial();
  for (const [offset, text] of texts.entries()) fold.fold(state, 3, record(offset, text), sink);
  return sink;
}

it("D4, D6: what a raw record gives is published on its partition, numbered from 0 in the order of the fold, for each record anew", () => {
  const outbox = new Outbox(1_514_992_000_000_000);
  const { touched } = folded(outbox);
  const published = [...outboxRecords(outbox)].flatMap(([topic, records]) =>
    records.map(({ partition, key, headers }) => [
      `${headers["source-partition"]}/${headers["source-offset"]}/${headers["source-index"]}`,
      topic,
      partition,
      key,
    ]),
  );
  expect(published.sort()).toEqual([
    ["3/0/0", "enriched", 3, "XXX"],
    ["3/1/0", "candles", 3, "XXX"],
    ["3/1/1", "candles", 3, "XXX"],
    ["3/2/0", "enriched", 3, "XXX"],
    ["3/2/1", "candles", 3, "XXX"],
    ["3/2/2", "candles", 3, "XXX"],
  ]);
  expect([...touched]).toEqual(["XXX"]);
});

it("D2: what is folded again is not published again, and its symbols are known to have changed", () => {
  expect([...folded(null).touched]).toEqual(["XXX"]);
});

import { expect, it } from "vitest";
import { printAll } from "../../../consumer/command/print-all.ts";
import { Tally } from "../../../consumer/command/tally.ts";
import type { FeedRecord } from "../../../consumer/feed-record.ts";
import type { FeedBatch } from "../../../consumer/feed-stream.ts";
import { feedRecord, quoteOf } from "../records.ts";

/** A stream of batches of two that never ends, as a feed does not. */
function endless() {
  const told = { batches: 0, done: 0 };
  const stream = {
    async *batches(): AsyncGenerator<FeedBatch<FeedRecord>> {
      for (;;) {
        told.batches++;
        const records = [feedRecord(quoteOf()), feedRecord(quoteOf())];
        yield { topic: "t", partition: 0, records, items: records, [Symbol.dispose]() {} };
      }
    },
    done: () => void told.done++,
    positions: () => [],
  };
  return { stream, told, tally: new Tally(stream, () => 0) };
}

it("stops at the count in the middle of a batch, and tells the last record as done", async () => {
  const { stream, told, tally } = endless();
  await printAll(stream, null, tally, 3);
  expect(tally.records).toBe(3);
  expect(told).toEqual({ batches: 2, done: 1 });
});

it("reads nothing where nothing is wanted: what is read would count as done for the group", async () => {
  const { stream, told, tally } = endless();
  await printAll(stream, null, tally, 0);
  expect(told).toEqual({ batches: 0, done: 0 });
});

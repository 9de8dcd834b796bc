import fc from "fast-check";
import { expect, it } from "vitest";
import { Deduplicator } from "../../consumer/deduplicator.ts";

const key = (source: { partition: number; offset: number; index: number }) =>
  `${source.partition}/${source.offset}/${source.index}`;

it("D1: each output comes once and in order, however often its publisher starts again from an earlier offset", () => {
  const outputs = fc.array(fc.nat(3), { minLength: 1, maxLength: 30 });
  const restarts = fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { maxLength: 6 });
  fc.assert(
    fc.property(outputs, restarts, (counts, cuts) => {
      // Record n of the raw log gives counts[n] outputs.
      const log = counts.flatMap((count, offset) =>
        Array.from({ length: count }, (_, index) => ({ logId: "log", partition: 3, offset, index })),
      );
      const published: typeof log = [];
      let furthest = 0;
      for (const [ahead, back] of cuts) {
        const until = Math.min(log.length, furthest + ahead);
        published.push(...log.slice(Math.max(0, furthest - back), until));
        furthest = until;
      }
      published.push(...log.slice(furthest));
      const deduplicator = new Deduplicator();
      const seen = published.filter((source) => deduplicator.isNew(source, "quote"));
      expect(seen.map(key)).toEqual(log.map(key));
    }),
  );
});

it("partitions do not shadow each other, and another raw log begins anew", () => {
  const deduplicator = new Deduplicator();
  const at = (partition: number, offset: number, logId = "one") => ({ logId, partition, offset, index: 0 });
  expect(deduplicator.isNew(at(0, 9), "quote")).toBe(true);
  expect(deduplicator.isNew(at(1, 4), "quote")).toBe(true);
  expect(deduplicator.isNew(at(0, 9), "quote")).toBe(false);
  expect(deduplicator.isNew(at(0, 2, "two"), "quote")).toBe(true);
});

it("a record without a source position always passes", () => {
  const deduplicator = new Deduplicator();
  expect([deduplicator.isNew(null, "quote"), deduplicator.isNew(null, "quote")]).toEqual([true, true]);
});

it("a candle on a product's topic does not shadow quotes that came from earlier raw records", () => {
  const deduplicator = new Deduplicator();
  const at = (offset: number) => ({ logId: "one", partition: 0, offset, index: 0 });
  expect(deduplicator.isNew(at(50), "candle")).toBe(true);
  expect(deduplicator.isNew(at(40), "quote")).toBe(true);
  expect(deduplicator.isNew(at(40), "trade")).toBe(false);
  expect(deduplicator.isNew(at(45), "candle")).toBe(false);
});

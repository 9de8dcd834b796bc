import { expect, it } from "vitest";
import type { FeedRecord } from "../../consumer/feed-record.ts";
import { type FeedBatch, LazyStream } from "../../consumer/feed-stream.ts";
import { RecordSource, type SourceBatch } from "../../consumer/record-source.ts";
import type { StreamWatch } from "../../consumer/stream-watch.ts";
import type { GroupReader, GroupReaderOptions, Kafka, TopicPosition } from "../../runtime/kafka/types.ts";

const at = (offset: number): TopicPosition => ({ topic: "t", partition: 0, offset });

/** A group reader whose commits a test lets fail as a rebalance does: resolved, with nothing committed. */
function openSource() {
  const offered: (readonly TopicPosition[])[] = [];
  const broker = { takes: true };
  let options: GroupReaderOptions | null = null;
  const reader: GroupReader = {
    async commit(positions) {
      offered.push(positions);
      return broker.takes ? positions : [];
    },
    positions: () => [],
    membership: () => null,
    rejoin() {},
    async close() {},
  };
  const kafka = {
    async reader(given: GroupReaderOptions) {
      options = given;
      return reader;
    },
  } as Partial<Kafka> as Kafka;
  const source = new RecordSource({
    kafka,
    topics: ["t"],
    groupId: "alice-g",
    username: "alice",
    selection: { kinds: null, symbols: null },
    stream: { group: "g", commit: "manual" },
  });
  let released = 0;
  const hand = (...offsets: number[]) =>
    options?.onBatch({
      release: () => released++,
      topic: "t",
      partition: 0,
      beginOffset: 0,
      endOffset: 100,
      records: offsets.map((offset) => ({ offset, key: null, value: null, headers: {}, timestampMs: 0 })),
    });
  return { source, broker, offered, hand, released: () => released };
}

it("what is done is offered again where a commit has failed, until Kafka has it", async () => {
  const { source, broker, offered, hand } = openSource();
  await source.open();
  const batches = source.batches({ recordsMax: 2, areKept: true });
  void hand(3, 4);
  const { value } = await batches.next();
  for (const record of value?.records ?? []) source.done(record);
  broker.takes = false;
  await source.commit();
  broker.takes = true;
  await source.commit();
  await source.commit();
  expect(offered).toEqual([[at(5)], [at(5)]]);
  await source.close();
});

it("a caller that does not ask for the next batch holds the group's reader back, and a close lets it go", async () => {
  const { source, hand } = openSource();
  await source.open();
  const batches = source.batches({ recordsMax: 2, areKept: true });
  let handled = 0;
  const first = hand(3)?.then(() => handled++);
  expect((await batches.next()).value?.records).toHaveLength(1);
  const second = hand(4)?.then(() => handled++);
  // A turn of the event loop: whatever would resolve by itself has.
  await new Promise((resolve) => setImmediate(resolve));
  expect(handled).toBe(0);
  expect((await batches.next()).value?.records[0]?.offset).toBe(4);
  await first;
  expect(handled).toBe(1);
  await source.close();
  await second;
  expect(handled).toBe(2);
});

it("a batch comes in parts, and gives its memory back only when its last part is done with and nobody keeps its records", async () => {
  for (const areKept of [true, false]) {
    const { source, hand, released } = openSource();
    await source.open();
    const batches = source.batches({ recordsMax: 2, areKept });
    const offsets = async () => {
      const { value } = await batches.next();
      return (value === undefined ? [] : (value as SourceBatch).records).map(({ offset }) => offset);
    };
    void hand(3, 4, 5);
    void hand(6);
    expect(await offsets()).toEqual([3, 4]);
    expect(await offsets()).toEqual([5]);
    expect(released()).toBe(0);
    expect(await offsets()).toEqual([6]);
    expect(released()).toBe(areKept ? 0 : 1);
    await source.close();
  }
});

it("a caller that lets go of every part gives the memory back, once, and not before all are handed over", async () => {
  const { source, hand, released } = openSource();
  await source.open();
  const batches = source.batches({ recordsMax: 2, areKept: true });
  void hand(3, 4, 5);
  void hand(6);
  const first = (await batches.next()).value as SourceBatch;
  first.release();
  first.release();
  expect(released()).toBe(0);
  const second = (await batches.next()).value as SourceBatch;
  expect(released()).toBe(0);
  await batches.next();
  expect(released()).toBe(0);
  second.release();
  expect(released()).toBe(1);
  await source.close();
});

it("a batch that was let go of has no records any more, and says so instead of seeming empty", async () => {
  const { source, hand, released } = openSource();
  await source.open();
  const watch = { close() {} } as StreamWatch;
  const making = { itemOf: ({ offset }: FeedRecord) => offset, itemsAreRecords: false, onClosed() {} };
  const stream = new LazyStream<number, "unknown">(async () => ({ source, watch }), making);
  void hand(3, 4);
  void hand(5);
  const left: FeedBatch<number>[] = [];
  const kept: FeedRecord[] = [];
  for await (using batch of stream.batches()) {
    expect(batch.records.map(({ offset }) => offset)).toEqual(batch.items);
    left.push(batch);
    kept.push(...batch.records);
    if (left.length === 2) break;
  }
  expect(released()).toBe(1);
  for (const batch of left) expect(() => batch.records).toThrow(RangeError);
  expect(left.flatMap(({ items }) => items)).toEqual([3, 4, 5]);
  for (const record of kept) expect(() => record.bytes).toThrow(/was let go of/);
  expect(kept.map(({ offset }) => offset)).toEqual([3, 4, 5]);
});

import { expect, it } from "vitest";
import { type FeedBatch, PartitionFeed } from "../../../enricher/unit/partition-feed.ts";
import type { IncomingBatch, IncomingRecord } from "../../../runtime/kafka/types.ts";

const record = (offset: number): IncomingRecord => ({ offset, key: null, value: null, headers: {}, timestampMs: 0 });
const log = Array.from({ length: 30 }, (_, offset) => record(offset));
const listed = (from: number, to: number): IncomingBatch => ({
  topic: "raw",
  partition: 0,
  records: log.slice(from, to),
  beginOffset: 0,
  endOffset: 30,
});
/** As the group's reader hands it over, which asked for `askedFrom`. */
const batch = (from: number, to: number, askedFrom = from, shown = log.slice(from, to)): IncomingBatch => ({
  ...listed(0, 0),
  each: { fromOffset: askedFrom, nextOffset: to, [Symbol.iterator]: () => shown[Symbol.iterator]() },
});
const range = ({ fromOffset, nextOffset, attempt }: FeedBatch) => [attempt, fromOffset, nextOffset];
const settled = () => new Promise((resolve) => setImmediate(resolve));

function feed() {
  const delivered: FeedBatch[] = [];
  const reads: string[] = [];
  const made: PartitionFeed = new PartitionFeed(
    {
      topic: "raw",
      partition: 0,
      async *read({ fromOffset, toOffset }) {
        reads.push(`${fromOffset}-${toOffset}`);
        for (let at = fromOffset; at < toOffset; at += 4) yield listed(at, Math.min(at + 4, toOffset));
      },
      deliver: (one) => void delivered.push(one),
      onFailed: (_, error) => {
        throw error;
      },
    },
    0,
  );
  return { feed: made, delivered, reads };
}

it("a batch waits for its unit, and for what it has folded", async () => {
  const { feed: one, delivered } = feed();
  let isTaken = false;
  const taken = one.take(batch(0, 5)).then(() => {
    isTaken = true;
  });
  await settled();
  expect(delivered).toEqual([]);
  one.open(0, 0);
  await settled();
  expect(delivered.map(range)).toEqual([[0, 0, 5]]);
  expect(isTaken).toBe(false);
  one.ready(0);
  await taken;
});

it.each([
  {
    begin: 8,
    asked: 8,
    first: 8,
    from: 8,
    what: "what was let go of before it was read is a hole, and no batch reaches back over it",
  },
  { begin: 8, asked: 8, first: 9, from: 8, what: "so it is where the kept log begins with a marker" },
  { begin: 0, asked: 5, first: 8, from: 5, what: "markers are none" },
  { begin: 8, asked: 5, first: 5, from: 5, what: "what was read before it was let go of is there" },
])("D1: $what", async ({ begin, asked, first, from }) => {
  const { feed: one, delivered } = feed();
  one.open(0, 0);
  const before = one.take(batch(0, 5));
  await settled();
  one.ready(0);
  await before;
  void one.take({ ...batch(first, 12, asked), beginOffset: begin });
  await settled();
  expect(delivered.map(range)).toEqual([
    [0, 0, 5],
    [0, from, 12],
  ]);
});

it("what lies behind the reader is read back before the next batch is delivered", async () => {
  const { feed: one, delivered, reads } = feed();
  one.open(0, 0);
  for (const [from, to] of [
    [0, 5],
    [5, 10],
  ] as const) {
    const taken = one.take(batch(from, to));
    await settled();
    one.ready(0);
    await taken;
  }
  one.end();
  one.open(1, 3);
  const taken = one.take(batch(10, 12));
  for (let turn = 0; turn < 6; turn++) {
    await settled();
    one.ready(1);
  }
  await taken;
  expect(reads).toEqual(["3-10"]);
  expect(delivered.slice(2).map(range)).toEqual([
    [1, 3, 7],
    [1, 7, 10],
    [1, 10, 12],
  ]);
});

it("a batch that was with a unit when its attempt ended is delivered to the next attempt", async () => {
  const { feed: one, delivered } = feed();
  one.open(0, 0);
  const taken = one.take(batch(0, 5));
  await settled();
  one.end();
  await settled();
  one.open(1, 0);
  await settled();
  one.ready(1);
  await taken;
  expect(delivered.map(range)).toEqual([
    [0, 0, 5],
    [1, 0, 5],
  ]);
});

it("a batch is not held when a generation ends, and is read back in the next", async () => {
  const { feed: one, delivered, reads } = feed();
  const taken = one.take(batch(0, 5));
  one.pause();
  await taken;
  one.resume(5);
  one.open(0, 0);
  for (let turn = 0; turn < 4; turn++) {
    await settled();
    one.ready(0);
  }
  expect(reads).toEqual(["0-5"]);
  expect(delivered.map(range)).toEqual([
    [0, 0, 4],
    [0, 4, 5],
  ]);
});

it("a batch that was folded is not delivered once more, for it is released then: an attempt that needs it reads it back", async () => {
  const { feed: one, delivered, reads } = feed();
  one.open(0, 0);
  const taken = one.take(batch(0, 5));
  await settled();
  one.ready(0);
  // The attempt fails in the same step.
  one.end();
  one.open(1, 0);
  await taken;
  await settled();
  expect(reads).toEqual(["0-5"]);
  expect(delivered.map(range)).toEqual([
    [0, 0, 5],
    [1, 0, 4],
  ]);
});

it("what shows nothing but markers moves the unit on", async () => {
  const { feed: one, delivered } = feed();
  one.open(0, 0);
  for (const made of [batch(0, 5, 0, log.slice(1, 4)), batch(5, 7, 5, []), batch(7, 9)]) {
    const taken = one.take(made);
    await settled();
    one.ready(0);
    await taken;
  }
  const offsets = ({ records }: FeedBatch) => [...records].map(({ offset }) => offset);
  expect(delivered.map((one) => [...range(one), offsets(one)])).toEqual([
    [0, 0, 5, [1, 2, 3]],
    [0, 5, 7, []],
    [0, 7, 9, [7, 8]],
  ]);
});

it("a unit that cannot be handed a batch is told of it, and nobody waits for it in vain", async () => {
  const failures: unknown[] = [];
  const unread = new Error("compressed by what nobody knows");
  const one = new PartitionFeed(
    {
      topic: "raw",
      partition: 0,
      async *read() {},
      deliver() {
        throw unread;
      },
      onFailed: (attempt, error) => {
        failures.push([attempt, error]);
        one.pause();
      },
    },
    0,
  );
  one.open(3, 0);
  await one.take(batch(0, 5));
  expect(failures).toEqual([[3, unread]]);
});

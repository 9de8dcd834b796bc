import { expect, it } from "vitest";
import { AssignedState } from "../../../runtime/kafka/assigned-state.ts";
import { type FetcherOptions, PartitionFetcher } from "../../../runtime/kafka/partition-fetcher.ts";
import { quietLog } from "../../support/broker.ts";
import { answer, fakeCluster, topic } from "./fake-fetch-broker.ts";

const notLeader = 6;
const unknownServerError = -1;

function startFetcher(leaders: number[], other: Partial<FetcherOptions> = {}) {
  const { asked, wanted, link } = fakeCluster(leaders);
  const states = leaders.map((_, partition) => new AssignedState(topic, partition, 0));
  const ending = new AbortController();
  const options = { maxWaitMs: 50, maxBytesPerPartition: 1000, isolationLevel: 1, ...other };
  const onFetched = () => {};
  const fetcher = new PartitionFetcher(link, states, { ...options, signal: ending.signal, log: quietLog, onFetched });
  const running = fetcher.run();
  const stop = async () => {
    ending.abort();
    await running;
  };
  /** What was fetched of a partition, handed over: its record's offset. */
  const take = (partition: number) => {
    const fetched = states[partition]?.fetched?.decoded.records.map(({ offset }) => offset);
    if (states[partition] !== undefined) states[partition].fetched = null;
    fetcher.notify();
    return fetched;
  };
  return { asked, wanted, fetcher, states, take, stop };
}

it("what an old leader answers late, after the new one was asked, is not handed over a second time", async () => {
  const leaders = [1];
  const { asked, fetcher, states, take, stop } = startFetcher(leaders);
  await expect.poll(() => asked.has(1)).toBe(true);
  leaders[0] = 2;
  fetcher.notify();
  await expect.poll(() => asked.has(2)).toBe(true);
  asked.get(2)?.(answer([{ partition: 0, offset: 0 }]));
  await expect.poll(() => states[0]?.fetched).not.toBeNull();
  expect(take(0)).toEqual([0]);
  asked.get(1)?.(answer([{ partition: 0, offset: 0 }]));
  await new Promise((resolve) => setImmediate(resolve));
  expect(states[0]).toMatchObject({ fetched: null, fetchOffset: 1 });
  await stop();
});

it("a partition whose leader has moved does not cost the others what came in the same answer", async () => {
  const { asked, states, take, stop } = startFetcher([1, 1]);
  await expect.poll(() => asked.has(1)).toBe(true);
  const parts = [
    { partition: 0, offset: 0, errorCode: notLeader },
    { partition: 1, offset: 0 },
  ];
  asked.get(1)?.(answer(parts));
  await expect.poll(() => states[1]?.fetched).not.toBeNull();
  expect(take(1)).toEqual([0]);
  expect(states[0]).toMatchObject({ fetched: null, fetchOffset: 0 });
  await stop();
});

it("what an answer had no room for is asked for first the next time, so that no partition starves behind those that are handed over quickly", async () => {
  // Nothing more is asked for before all is handed over.
  const { asked, wanted, take, stop } = startFetcher([1, 1, 1], { bytesAheadMax: 1 });
  /** A broker that fills an answer with two partitions, in the order of the request. */
  const round = async (offset: number) => {
    await expect.poll(() => asked.has(1)).toBe(true);
    const filled = wanted.slice(0, 2);
    const respond = asked.get(1);
    asked.delete(1);
    respond?.(answer(filled.map((partition) => ({ partition, offset }))));
    await expect.poll(() => filled.map(take)).toEqual([[offset], [offset]]);
    return filled;
  };
  expect(await round(0)).toEqual([0, 1]);
  await expect.poll(() => wanted).toEqual([2, 0, 1]);
  await stop();
});

it("a broker that cannot say what went wrong is asked again", async () => {
  const { asked, take, stop } = startFetcher([1]);
  for (const errorCode of [unknownServerError, 0]) {
    await expect.poll(() => asked.has(1)).toBe(true);
    const respond = asked.get(1);
    asked.delete(1);
    respond?.(answer([{ partition: 0, offset: 0, errorCode }]));
  }
  await expect.poll(() => take(0)).toEqual([0]);
  await stop();
});

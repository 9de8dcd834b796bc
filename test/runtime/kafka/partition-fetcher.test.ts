import type Cluster from "kafkajs/src/cluster/index.js";
import { expect, it, vi } from "vitest";
import { AssignedState } from "../../../runtime/kafka/assigned-state.ts";
import { ByteWriter } from "../../../runtime/kafka/byte-writer.ts";
import type { ClusterLink } from "../../../runtime/kafka/cluster-link.ts";
import { PartitionFetcher } from "../../../runtime/kafka/partition-fetcher.ts";
import { RecordBatchWriter, sealBatch } from "../../../runtime/kafka/record-batch-writer.ts";
import { quietLog } from "../../support/broker.ts";
import { recordOf } from "./kafka-under-test.ts";

const topic = "t";
const notLeader = 6;

/** An answer about some partitions: each with a batch of one record at its offset, or refused. */
function answer(parts: readonly { partition: number; offset: number; errorCode?: number }[]): Buffer {
  const writer = new ByteWriter().int32(0).int16(0).int32(0).int32(1).string(topic).int32(parts.length);
  for (const { partition, offset, errorCode = 0 } of parts) {
    const { batch } = new RecordBatchWriter().write([recordOf(`record ${offset}`)], 0, 0);
    sealBatch(batch, { producerId: -1n, producerEpoch: -1, baseSequence: -1, transactional: false });
    batch.writeBigInt64BE(BigInt(offset), 0);
    const bytes = errorCode === 0 ? batch : Buffer.alloc(0);
    writer.int32(partition).int16(errorCode).int64(9).int64(9).int64(0).int32(0).int32(-1);
    writer.int32(bytes.length).bytes(bytes);
  }
  return writer.encoded().buffer;
}

/** A cluster whose leaders the test moves, and whose brokers answer when the test says so. */
function fakeCluster(leaders: number[]) {
  const asked = new Map<number, (bytes: Buffer) => void>();
  const brokerOf = (nodeId: number) => ({
    connectionPool: {
      send: ({ response }: Cluster.Protocol<unknown>) =>
        new Promise<Buffer>((resolve) => asked.set(nodeId, resolve)).then((bytes) => response.decode(bytes)),
    },
  });
  const cluster = {
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    findTopicPartitionMetadata: () => leaders.map((leader, partitionId) => ({ partitionId, leader })),
    findBroker: async ({ nodeId }: { nodeId: number }) => brokerOf(nodeId),
  };
  const link = {
    cluster: async () => cluster,
    faultOf: async (error: unknown) => error,
    drop() {},
    reportTrouble() {},
    reportWell() {},
  };
  return { asked, link: link as unknown as ClusterLink };
}

function startFetcher(leaders: number[]) {
  const { asked, link } = fakeCluster(leaders);
  const states = leaders.map((_, partition) => new AssignedState(topic, partition, 0));
  const ending = new AbortController();
  const options = { maxWaitMs: 50, maxBytesPerPartition: 1000, isolationLevel: 1 };
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
  return { asked, fetcher, states, take, stop };
}

it("what an old leader answers late, after the new one was asked, is not handed over a second time", async () => {
  const leaders = [1];
  const { asked, fetcher, states, take, stop } = startFetcher(leaders);
  await vi.waitFor(() => expect(asked.has(1)).toBe(true));
  leaders[0] = 2;
  fetcher.notify();
  await vi.waitFor(() => expect(asked.has(2)).toBe(true));
  asked.get(2)?.(answer([{ partition: 0, offset: 0 }]));
  await vi.waitFor(() => expect(states[0]?.fetched).not.toBeNull());
  expect(take(0)).toEqual([0]);
  asked.get(1)?.(answer([{ partition: 0, offset: 0 }]));
  await new Promise((resolve) => setImmediate(resolve));
  expect(states[0]).toMatchObject({ fetched: null, fetchOffset: 1 });
  await stop();
});

it("a partition whose leader has moved does not cost the others what came in the same answer", async () => {
  const { asked, states, take, stop } = startFetcher([1, 1]);
  await vi.waitFor(() => expect(asked.has(1)).toBe(true));
  const parts = [
    { partition: 0, offset: 0, errorCode: notLeader },
    { partition: 1, offset: 0 },
  ];
  asked.get(1)?.(answer(parts));
  await vi.waitFor(() => expect(states[1]?.fetched).not.toBeNull());
  expect(take(1)).toEqual([0]);
  expect(states[0]).toMatchObject({ fetched: null, fetchOffset: 0 });
  await stop();
});

import type Cluster from "kafkajs/src/cluster/index.js";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ByteWriter } from "../../../runtime/kafka/byte-writer.ts";
import type { ClusterLink } from "../../../runtime/kafka/cluster-link.ts";
import { LanePump, type PumpRole } from "../../../runtime/kafka/lane-pump.ts";
import { fakeConnection, producedAnswer } from "./fake-connection.ts";
import { recordOf } from "./kafka-under-test.ts";

const topic = "out";
// Kafka's error codes.
const unknownTopic = 3;
const leaderNotAvailable = 5;
const notLeader = 6;
const notEnoughReplicas = 19;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Lets all go on that waits for no timer. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A cluster of one partition whose leader the test moves, and whose brokers answer a produce request when the test says so. */
function pumpTo() {
  const state = { leader: 1, topicError: 0 };
  const reported: string[] = [];
  let pauses: { readonly ms: number; readonly end: () => void }[] = [];
  const wait = (ms: number) => new Promise<void>((resolve) => void pauses.push({ ms, end: resolve }));
  /** Lets the pauses pass that are under way, and all go on that waits for none. */
  const pass = async () => {
    const passed = pauses;
    pauses = [];
    vi.advanceTimersByTime(Math.max(0, ...passed.map(({ ms }) => ms)));
    for (const { end } of passed) end();
    await turns();
  };
  const waiting: { readonly nodeId: number; readonly answer: (errorCode: number) => void }[] = [];
  const connectionOf = (nodeId: number) =>
    fakeConnection(({ resolve }) => {
      waiting.push({ nodeId, answer: (errorCode) => resolve({ payload: producedAnswer(topic, errorCode) }) });
    });
  const brokers = new Map(
    [1, 2].map((nodeId) => {
      const connectionPool = {
        getConnection: async () => connectionOf(nodeId),
        send: async ({ response }: Cluster.Protocol<unknown>) => response.decode(described(state.topicError)),
      };
      return [nodeId, { nodeId, connectionPool }];
    }),
  );
  const cluster = {
    brokerPool: { findConnectedBroker: async () => brokers.get(1) },
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: state.leader }],
    findBroker: async ({ nodeId }: { nodeId: number }) => brokers.get(nodeId),
  };
  const link = {
    connection: { brokers: ["fake:1"], clientId: "test", tls: null, sasl: null },
    cluster: async () => cluster,
    drop() {},
    reportTrouble: (error: { type: string }) => void reported.push(error.type),
    reportWell() {},
    close() {},
  };
  const role: PumpRole = {
    transactionalId: null,
    check() {},
    producer: async () => ({ producerId: 1n, producerEpoch: 0, transactional: false }),
    admit: async () => undefined,
    describe: (error) => error as Error,
    onGivenUp() {},
  };
  return { state, waiting, pass, reported, pump: new LanePump(link as unknown as ClusterLink, role, wait) };
}

/** An answer about a topic without partitions. */
function described(errorCode: number): Buffer {
  const writer = new ByteWriter().noTags().int32(0).unsignedVarint(1).compactString("cluster").int32(1);
  writer.unsignedVarint(2).int16(errorCode).compactString(topic).bytes(Buffer.alloc(16)).int8(0).unsignedVarint(1);
  return writer.int32(0).noTags().noTags().encoded().buffer;
}

it("what a broker refuses for a while is not sent again at once", async () => {
  const { waiting, pass, pump } = pumpTo();
  const sent = pump.send(topic, [recordOf("a")]);
  await turns();
  for (let round = 0; round < 3; round++) {
    expect(waiting).toHaveLength(1);
    waiting.shift()?.answer(notEnoughReplicas);
    await turns();
    expect(waiting).toHaveLength(0);
    await pass();
  }
  waiting.shift()?.answer(0);
  expect(await sent).toEqual([{ topic, partition: 0, offset: 1 }]);
});

it("a lane sends nothing to a new leader before the old one has answered for all that it was sent: a broker remembers five batches of a producer", async () => {
  const { state, waiting, pass, pump } = pumpTo();
  void pump.send(topic, [recordOf("a")]);
  await turns();
  waiting.shift()?.answer(0);
  await turns();
  void pump.send(topic, [recordOf("b")]);
  await turns();
  state.leader = 2;
  void pump.send(topic, [recordOf("c")]);
  await turns();
  expect(waiting.map(({ nodeId }) => nodeId)).toEqual([1]);
  waiting.shift()?.answer(notLeader);
  await turns();
  await pass();
  expect(waiting.map(({ nodeId }) => nodeId)).toEqual([2]);
  waiting.shift()?.answer(0);
  await turns();
  expect(waiting.map(({ nodeId }) => nodeId)).toEqual([2]);
});

it("a topic that is deleted is given up after five seconds, though the client library still knows who led it", async () => {
  const { state, waiting, pass, pump } = pumpTo();
  const sent = pump.send(topic, [recordOf("a")]);
  const refused = expect(sent).rejects.toMatchObject({ type: "UNKNOWN_TOPIC_OR_PARTITION" });
  await turns();
  state.topicError = unknownTopic;
  waiting.shift()?.answer(unknownTopic);
  await turns();
  for (let pauses = 0; pauses < 120; pauses++) await pass();
  await refused;
  expect(waiting).toHaveLength(0);
});

it("where a topic has a partition without a leader, the leaders that are known are tried on, and that one is lacking is told", async () => {
  const { state, waiting, pass, reported, pump } = pumpTo();
  void pump.send(topic, [recordOf("a")]);
  await turns();
  state.topicError = leaderNotAvailable;
  for (let round = 0; round < 3; round++) {
    expect(waiting).toHaveLength(1);
    waiting.shift()?.answer(notLeader);
    await turns();
    // The pump's own pause, and the lane's.
    for (let pauses = 0; pauses < 3; pauses++) await pass();
  }
  expect(reported).toContain("LEADER_NOT_AVAILABLE");
});

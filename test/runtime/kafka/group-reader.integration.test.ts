import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { type RunningKafka, startKafka } from "../../../local/kafka/start-kafka.ts";
import { rootOf } from "../../../runtime/kafka/errors.ts";
import { GroupCoordinator } from "../../../runtime/kafka/group-coordinator.ts";
import type { AssignedPartition, IncomingBatch, Kafka } from "../../../runtime/kafka/types.ts";
import { collect, kafkaAs, makeTopic, recordOf, until } from "./kafka-under-test.ts";

let server: RunningKafka;
let kafka: Kafka;

beforeAll(async () => {
  server = await startKafka({ environment: process.env });
  kafka = kafkaAs(server, server.users.admin);
});

afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await server?.stop();
});

it("nothing is handed over before onAssigned has resolved, and it chooses where to start", async () => {
  const topic = await makeTopic(kafka, 2);
  const sender = await kafka.sender();
  await sender.send(
    topic,
    ["a", "b", "c"].flatMap((value) => [recordOf(value, 0), recordOf(value, 1)]),
  );
  await sender.close();
  const gate = Promise.withResolvers<void>();
  const told: AssignedPartition[] = [];
  const handed: boolean[] = [];
  let isReady = false;
  const got = await collect(kafka, topic, {
    onAssigned: async (assigned) => {
      told.push(...assigned);
      await gate.promise;
      isReady = true;
      return [{ topic, partition: 1, offset: 2 }];
    },
    onBatch: async () => void handed.push(isReady),
  });
  await until(() => told.length > 0, "the assignment");
  expect(told).toEqual([0, 1].map((partition) => ({ topic, partition, committedOffset: null, beginOffset: 0 })));
  gate.resolve();
  await got.count(4);
  expect(handed.every(Boolean)).toBe(true);
  expect(got.values(0)).toEqual(["a", "b", "c"]);
  expect(got.values(1)).toEqual(["c"]);
  await got.reader.close();
});

it("a reader that gathers waits after a small answer, and takes what came meanwhile together", async () => {
  const topic = await makeTopic(kafka, 1);
  const sender = await kafka.sender();
  const batches: number[] = [];
  const onBatch = async ({ records }: IncomingBatch) => void batches.push(records.length);
  const got = await collect(kafka, topic, { gatherMs: () => 3000, onBatch });
  await sender.send(topic, [recordOf("a")]);
  await got.count(1);
  for (const value of ["b", "c", "d"]) await sender.send(topic, [recordOf(value)]);
  await got.count(4);
  expect(batches).toEqual([1, 3]);
  await got.reader.close();
  await sender.close();
});

it.each([
  ["an answer is small by its bytes", undefined, ["small"]],
  ["every answer is small", Number.POSITIVE_INFINITY, ["small", "large"]],
])("a reader gathers only where nothing is left to be had; where %s", async (_, smallBytes, gatheredAfter) => {
  const topic = await makeTopic(kafka, 1);
  const sender = await kafka.sender();
  // Three batches: a fetch of so few bytes brings one.
  for (const value of ["a", "b", "small"]) await sender.send(topic, [recordOf(value)]);
  const values: string[] = [];
  const gathered: string[] = [];
  const onBatch = async ({ records }: IncomingBatch) => {
    for (const { value } of records) values.push(String(value).slice(0, 5));
  };
  let isAsked = Promise.withResolvers<void>();
  const gatherMs = () => {
    isAsked.resolve();
    gathered.push(lastSent);
    return 1;
  };
  let lastSent = "small";
  const limits = { maxBytesPerPartition: 1, ...(smallBytes === undefined ? {} : { smallBytes }) };
  const got = await collect(kafka, topic, { gatherMs, ...limits, onBatch });
  await got.count(3);
  await isAsked.promise;
  expect(gathered).toEqual(["small"]);
  isAsked = Promise.withResolvers();
  lastSent = "large";
  await sender.send(topic, [recordOf("large".padEnd(40_000))]);
  await got.count(4);
  lastSent = "after";
  await sender.send(topic, [recordOf("after")]);
  await got.count(5);
  await isAsked.promise;
  expect(gathered.filter((value) => value !== "after")).toEqual(gatheredAfter);
  expect(values).toEqual(["a", "b", "small", "large", "after"]);
  await got.reader.close();
  await sender.close();
});

it("a group goes on from what was committed, and `latest` sees only what comes later", async () => {
  const topic = await makeTopic(kafka, 1);
  const groupId = `group-${topic}`;
  const sender = await kafka.sender();
  await sender.send(
    topic,
    ["a", "b", "c"].map((value) => recordOf(value)),
  );
  const first = await collect(kafka, topic, { groupId });
  await first.count(3);
  await first.reader.commit([{ topic, partition: 0, offset: 2 }]);
  await first.reader.close();
  const admin = await kafka.admin();
  expect(await admin.committedOffsets(groupId, topic)).toEqual([{ topic, partition: 0, offset: 2 }]);
  await admin.close();
  const second = await collect(kafka, topic, { groupId });
  const latest = await collect(kafka, topic, { startAt: "latest" });
  await until(() => latest.reader.positions().length > 0, "the assignment");
  await sender.send(topic, [recordOf("d")]);
  await Promise.all([second.count(2), latest.count(1)]);
  expect(second.values(0)).toEqual(["c", "d"]);
  expect(latest.values(0)).toEqual(["d"]);
  await Promise.all([second.reader.close(), latest.reader.close(), sender.close()]);
});

it("members share the partitions; when one leaves, the other goes on from the commits, and each record comes", async () => {
  const topic = await makeTopic(kafka, 4);
  const groupId = `group-${topic}`;
  const everyPartition = (value: string) => [0, 1, 2, 3].map((partition) => recordOf(value, partition));
  const sender = await kafka.sender();
  const one = await collect(kafka, topic, { groupId });
  await until(() => one.reader.positions().length === 4, "all partitions with the only member");
  const two = await collect(kafka, topic, { groupId });
  await until(() => one.reader.positions().length === 2 && two.reader.positions().length === 2, "two partitions each");
  await sender.send(topic, everyPartition("a"));
  await Promise.all([one.count(2), two.count(2)]);
  await two.reader.commit(two.reader.positions());
  await one.reader.commit(one.reader.positions());
  await two.reader.close();
  await until(() => one.reader.positions().length === 4, "all partitions with the member left");
  await sender.send(topic, everyPartition("b"));
  await one.count(6);
  expect([...one.byPartition.values()].flat().filter(({ value }) => value?.toString() === "b")).toHaveLength(4);
  expect([...one.byPartition.values()].flat()).toHaveLength(6);
  await Promise.all([one.reader.close(), sender.close()]);
});

it("a reader that commits nothing goes on where it was after a rebalance, not where it began", async () => {
  const topic = await makeTopic(kafka, 2);
  const groupId = `group-${topic}`;
  const sender = await kafka.sender();
  const held: (number | undefined)[] = [];
  const one = await collect(kafka, topic, {
    groupId,
    startAt: "latest",
    onAssigned: async (assigned) => {
      held.push(...assigned.map(({ heldPosition }) => heldPosition));
      return [];
    },
  });
  await until(() => one.reader.positions().length === 2, "the assignment");
  await sender.send(topic, [recordOf("a", 0), recordOf("b", 1)]);
  await one.count(2);
  const two = await collect(kafka, topic, { groupId, startAt: "latest" });
  await until(() => two.reader.positions().length === 1, "the second member's share");
  await two.reader.close();
  await sender.send(topic, [recordOf("c", 0), recordOf("d", 1)]);
  await one.count(4);
  expect([one.values(0), one.values(1)]).toEqual([
    ["a", "c"],
    ["b", "d"],
  ]);
  expect(held.slice(0, 2)).toEqual([undefined, undefined]);
  expect(held.at(-1)).toBeGreaterThan(0);
  await Promise.all([one.reader.close(), sender.close()]);
});

it("a batch that is being handled when the group rebalances is finished before the member joins again", async () => {
  const topic = await makeTopic(kafka, 2);
  const groupId = `group-${topic}`;
  const sender = await kafka.sender();
  await sender.send(topic, [recordOf("slow", 0)]);
  const gate = Promise.withResolvers<void>();
  const events: string[] = [];
  const endings: AbortSignal[] = [];
  const one = await collect(kafka, topic, {
    groupId,
    onAssigned: async (_assigned, _membership, ending) => {
      events.push("assigned");
      endings.push(ending);
      return [];
    },
    onBatch: async () => {
      events.push("begun");
      await gate.promise;
      events.push("done");
    },
  });
  await until(() => events.includes("begun"), "the batch under way");
  const two = await collect(kafka, topic, { groupId });
  await until(() => endings[0]?.aborted === true, "the rebalance, known to the first member");
  // The second waits to join, so that only the first member's heart beats; the broker knows it, and says each time that it is waited for.
  const beats = vi.spyOn(GroupCoordinator.prototype, "heartbeat");
  const refusals = () =>
    beats.mock.settledResults.flatMap(({ type, value }) => (type === "rejected" ? [rootOf(value).type] : []));
  await until(() => refusals().length >= 4, "heartbeats while the batch is handled");
  expect([...new Set(refusals())]).toEqual(["REBALANCE_IN_PROGRESS"]);
  expect(two.reader.positions()).toEqual([]);
  gate.resolve();
  await until(() => two.reader.positions().length === 1, "the second member's share");
  expect(events.slice(0, 4)).toEqual(["assigned", "begun", "done", "assigned"]);
  await Promise.all([one.reader.close(), two.reader.close(), sender.close()]);
});

it("an error of the handler stops the reader with that error", async () => {
  const topic = await makeTopic(kafka);
  const sender = await kafka.sender();
  await sender.send(topic, [recordOf("a")]);
  await sender.close();
  const fault = new Error("the handler's own");
  const got = await collect(kafka, topic, { onBatch: () => Promise.reject(fault) });
  expect(await got.failed).toBe(fault);
  await got.reader.close();
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningKafka, startKafka } from "../../../local/kafka/start-kafka.ts";
import type { GroupMembership, GroupReader, Kafka, TopicPartition } from "../../../runtime/kafka/types.ts";
import { collect, kafkaAs, makeTopic, readAll, recordOf, until } from "./kafka-under-test.ts";

let server: RunningKafka;
let kafka: Kafka;

beforeAll(async () => {
  server = await startKafka({ environment: process.env });
  kafka = kafkaAs(server, server.users.admin);
});

afterAll(async () => {
  await server?.stop();
});

const unitOf = (partition: number) => Math.floor(partition / 2);
const unitsOf = (reader: GroupReader) => [...new Set(reader.positions().map(({ partition }) => unitOf(partition)))];
const numbers = (partitions: readonly TopicPartition[]) => partitions.map(({ partition }) => partition).sort();

it("D1: partitions of a unit stay together, members that stay keep their units, and who leaves gives his to the others", async () => {
  const topic = await makeTopic(kafka, 8);
  const options = { groupId: `group-${topic}`, unitOf };
  const one = await collect(kafka, topic, options);
  await until(() => one.reader.positions().length === 8, "all partitions with the only member");
  const two = await collect(kafka, topic, options);
  const halves = () => one.reader.positions().length === 4 && two.reader.positions().length === 4;
  await until(halves, "half of the partitions each");
  const [first, second] = [unitsOf(one.reader), unitsOf(two.reader)];
  expect([...first, ...second].sort()).toEqual([0, 1, 2, 3]);
  const three = await collect(kafka, topic, options);
  await until(() => three.reader.positions().length === 2, "a unit with the third member");
  await until(() => one.reader.positions().length + two.reader.positions().length === 6, "the rest with the others");
  for (const unit of unitsOf(one.reader)) expect(first).toContain(unit);
  for (const unit of unitsOf(two.reader)) expect(second).toContain(unit);
  const kept = unitsOf(one.reader);
  await Promise.all([two.reader.close(), three.reader.close()]);
  await until(() => one.reader.positions().length === 8, "all partitions with the member left");
  expect(unitsOf(one.reader)).toEqual(expect.arrayContaining(kept));
  await one.reader.close();
});

it("a member with units of another size, or with none, is refused clearly, and the group goes on", async () => {
  const topic = await makeTopic(kafka, 4);
  const groupId = `group-${topic}`;
  const one = await collect(kafka, topic, { groupId, unitOf });
  await until(() => one.reader.positions().length === 4, "the assignment");
  for (const other of [{ unitOf: (partition: number) => Math.floor(partition / 4) }, {}]) {
    const refused = await collect(kafka, topic, { groupId, ...other });
    const fault = await refused.failed;
    expect(fault).toMatchObject({ code: "kafkaFailed", message: expect.stringContaining(groupId), retriable: false });
    await refused.reader.close();
  }
  expect(one.reader.positions()).toHaveLength(4);
  await one.reader.close();
});

it("D1: onRevoked comes after the last batch and before joining again, and can still commit under the old membership", async () => {
  const [input, output] = [await makeTopic(kafka, 2), await makeTopic(kafka, 1)];
  const groupId = `group-${input}`;
  const sender = await kafka.sender();
  await sender.send(input, [recordOf("a", 0), recordOf("b", 1)]);
  const transactional = await kafka.transactionalSender(`id-${output}`);
  const events: string[] = [];
  const gate = Promise.withResolvers<void>();
  let membership: GroupMembership | null = null;
  const one = await collect(kafka, input, {
    groupId,
    onAssigned: async (assigned, ofGeneration) => {
      membership ??= ofGeneration;
      events.push(`assigned ${assigned.length}`);
      return [];
    },
    onBatch: async () => {
      events.push("begun");
      await gate.promise;
      events.push("done");
    },
    onRevoked: async (partitions) => {
      events.push(`revoked ${partitions.length}`);
      if (membership === null || events.filter((event) => event.startsWith("revoked")).length > 1) return;
      await transactional.send(output, [recordOf("out")]);
      const positions = [0, 1].map((partition) => ({ topic: input, partition, offset: 1 }));
      await transactional.commit(membership, positions);
      events.push("committed");
    },
  });
  await until(() => events.includes("begun"), "the batch under way");
  const admin = await kafka.admin();
  const committed: (number | undefined)[] = [];
  const two = await collect(kafka, input, {
    groupId,
    onAssigned: async (assigned) => {
      // What onAssigned is told may be older: the commit's own markers can still be on their way.
      const stable = await admin.committedOffsets(groupId, input, { requireStable: true });
      committed.push(...assigned.map(({ partition }) => stable.find((at) => at.partition === partition)?.offset));
      return [];
    },
  });
  gate.resolve();
  await until(() => committed.length === 1 && one.reader.positions().length === 1, "a partition each");
  const settled = events.indexOf("revoked 2");
  expect(events.slice(settled, settled + 3)).toEqual(["revoked 2", "committed", "assigned 1"]);
  expect(events.slice(0, settled).filter((event) => event === "begun")).toHaveLength(
    events.slice(0, settled).filter((event) => event === "done").length,
  );
  expect(committed).toEqual([1]);
  // The marker of this partition may come later than that of the positions.
  await until(async () => (await readAll(kafka, output)).length > 0, "what was committed");
  expect((await readAll(kafka, output)).map(({ value }) => String(value))).toEqual(["out"]);
  await Promise.all([one.reader.close(), two.reader.close(), sender.close(), transactional.close(), admin.close()]);
  expect(events.at(-1)).toBe("revoked 1");
});

it("D1: a reader that is told to rejoin gives its partitions back, joins anew, and is told of them again", async () => {
  const topic = await makeTopic(kafka, 2);
  const events: string[] = [];
  const generations: number[] = [];
  const one = await collect(kafka, topic, {
    unitOf,
    onAssigned: async (assigned, { generationId }) => {
      generations.push(generationId);
      events.push(`assigned ${numbers(assigned)}`);
      return [];
    },
    onRevoked: async (partitions) => void events.push(`revoked ${numbers(partitions)}`),
  });
  await until(() => one.reader.positions().length === 2, "the assignment");
  expect(one.reader.membership()).toMatchObject({ generationId: generations[0] });
  one.reader.rejoin();
  await until(() => generations.length === 2 && one.reader.positions().length === 2, "the next assignment");
  expect(events).toEqual(["assigned 0,1", "revoked 0,1", "assigned 0,1"]);
  expect(one.reader.membership()).toMatchObject({ generationId: generations[1] });
  await one.reader.close();
  expect(one.reader.membership()).toBeNull();
});

it("a handler that waits is told at once that its generation ends, so that no rebalance waits for it", async () => {
  const topic = await makeTopic(kafka, 2);
  const sender = await kafka.sender();
  await sender.send(topic, [recordOf("a", 0), recordOf("b", 1)]);
  await sender.close();
  const waits: Promise<void>[] = [];
  let ending = new AbortController().signal;
  const one = await kafka.reader({
    groupId: `group-${topic}`,
    topics: [topic],
    startAt: "beginning",
    concurrency: 2,
    onAssigned: async (assigned, _membership, signal) => {
      ending = signal;
      return assigned.map((at) => ({ ...at, offset: at.beginOffset }));
    },
    onBatch: () => {
      const signal = ending;
      const wait = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      waits.push(wait);
      return wait;
    },
    onFailed: (error) => {
      throw error;
    },
  });
  await until(() => waits.length === 2, "both batches to be held");
  const two = await kafka.reader({
    groupId: `group-${topic}`,
    topics: [topic],
    startAt: "beginning",
    onBatch: async () => undefined,
    onFailed: (error) => {
      throw error;
    },
  });
  await until(() => two.positions().length === 1 && waits.length === 3, "a partition with each of the two");
  await Promise.all(waits.slice(0, 2));
  await Promise.all([one.close(), two.close()]);
});

it("an error of onRevoked, as one of onAssigned, stops the reader with that error", async () => {
  const topic = await makeTopic(kafka, 1);
  const fault = new Error("the runner's own");
  const refuse = () => Promise.reject(fault);
  const unready = await collect(kafka, topic, { onAssigned: refuse });
  expect(await unready.failed).toBe(fault);
  const stuck = await collect(kafka, topic, { onRevoked: refuse });
  await until(() => stuck.reader.positions().length === 1, "the assignment");
  stuck.reader.rejoin();
  expect(await stuck.failed).toBe(fault);
  await Promise.all([unready.reader.close(), stuck.reader.close()]);
});

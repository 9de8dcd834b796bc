import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningKafka, startKafka } from "../../../local/kafka/start-kafka.ts";
import type { IncomingRecord, Kafka, PartitionReadOptions } from "../../../runtime/kafka/types.ts";
import { kafkaAs, makeTopic, recordOf, until } from "./kafka-under-test.ts";

let server: RunningKafka;
let kafka: Kafka;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellwether-kafka-reads-"));
  const extraConfig = {
    "log.cleaner.backoff.ms": "100",
    "log.retention.check.interval.ms": "100",
    "log.initial.task.delay.ms": "100",
  };
  server = await startKafka({ environment: process.env, dataFolder: folder, extraConfig });
  kafka = kafkaAs(server, server.users.admin);
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function read(options: Partial<PartitionReadOptions> & { topic: string }): Promise<IncomingRecord[]> {
  const records: IncomingRecord[] = [];
  const range = { partition: 0, fromOffset: 0, toOffset: 0, ...options };
  for await (const batch of kafka.readPartition(range)) records.push(...batch.records);
  return records;
}

const texts = (records: readonly IncomingRecord[]) => records.map(({ value }) => String(value));
const outsider = (topic: string) => ({ groupId: `group-${topic}`, memberId: "", generationId: -1 });

it("a range is read from its first offset to just before its last, over as many fetches as it takes", async () => {
  const topic = await makeTopic(kafka, 2);
  const sender = await kafka.sender();
  const filler = "x".repeat(1000);
  const many = Array.from({ length: 12_000 }, (_, index) => recordOf(`${index} ${filler}`, 1));
  await sender.send(topic, many);
  await sender.close();
  let batches = 0;
  let next = 5;
  for await (const batch of kafka.readPartition({ topic, partition: 1, fromOffset: 5, toOffset: 11_990 })) {
    batches++;
    for (const { offset, value } of batch.records) {
      expect(offset).toBe(next++);
      expect(Number.parseInt(String(value), 10)).toBe(offset);
    }
  }
  expect(next).toBe(11_990);
  expect(batches).toBeGreaterThan(2);
  expect(await read({ topic, fromOffset: 3, toOffset: 3 })).toEqual([]);
});

it("aborted records and markers are passed, and the end may be a marker; uncommitted records are shown on request", async () => {
  const topic = await makeTopic(kafka, 1);
  for (const value of ["a", "b", "c"]) {
    const sender = await kafka.transactionalSender(`id-${topic}`);
    await sender.send(topic, [recordOf(value)]);
    await sender.commit(outsider(topic), []);
    await sender.send(topic, [recordOf("dropped")]);
    await sender.abort();
    await sender.close();
  }
  // A record and a marker each: offsets 0 to 11.
  expect(texts(await read({ topic, toOffset: 12 }))).toEqual(["a", "b", "c"]);
  expect((await read({ topic, fromOffset: 4, toOffset: 9 })).map(({ offset }) => offset)).toEqual([4, 8]);
  expect(await read({ topic, fromOffset: 9, toOffset: 12 })).toEqual([]);
  const uncommitted = await read({ topic, toOffset: 12, readCommitted: false });
  expect(texts(uncommitted)).toEqual(["a", "dropped", "b", "dropped", "c", "dropped"]);
});

it("a range that the log has not reached yet, or that an open transaction holds back, is waited for", async () => {
  const topic = await makeTopic(kafka, 1);
  const sender = await kafka.transactionalSender(`id-${topic}`);
  await sender.send(topic, [recordOf("a")]);
  let isDone = false;
  const waiting = read({ topic, toOffset: 3 }).finally(() => {
    isDone = true;
  });
  const admin = await kafka.admin();
  for (let round = 0; round < 20; round++) await admin.endOffsets(topic, { readCommitted: true });
  expect(isDone).toBe(false);
  await sender.commit(outsider(topic), []);
  await sender.send(topic, [recordOf("b")]);
  await sender.commit(outsider(topic), []);
  expect(texts(await waiting)).toEqual(["a", "b"]);
  await Promise.all([sender.close(), admin.close()]);
});

it("offsets that compaction has taken are passed, at the end of the range too", async () => {
  const topic = `compacted-${crypto.randomUUID()}`;
  const configs = {
    "cleanup.policy": "compact",
    "segment.ms": "100",
    "min.cleanable.dirty.ratio": "0.0",
    "delete.retention.ms": "0",
  };
  const admin = await kafka.admin();
  await admin.ensureTopics([{ topic, partitions: 1, configs }]);
  const sender = await kafka.sender();
  const write = (key: string, value: string) => sender.send(topic, [recordOf(value, 0, { key })]);
  for (let value = 0; value < 10; value++) await write("changing", String(value));
  await write("once", "kept");
  // A segment is closed by what is written after its time; the last one is never compacted.
  const isCompacted = async () => {
    await write("changing", "later");
    return (await read({ topic, toOffset: 11 })).length === 1;
  };
  await until(isCompacted, "the compaction");
  expect((await read({ topic, toOffset: 11 })).map(({ offset }) => offset)).toEqual([10]);
  expect(await read({ topic, toOffset: 10 })).toEqual([]);
  expect(await read({ topic, fromOffset: 3, toOffset: 5 })).toEqual([]);
  await Promise.all([sender.close(), admin.close()]);
});

it("a range whose beginning is no longer kept is kafkaTopic, and so is a topic that does not exist", async () => {
  const topic = `short-${crypto.randomUUID()}`;
  const admin = await kafka.admin();
  await admin.ensureTopics([{ topic, partitions: 1, configs: { "retention.ms": "1", "segment.ms": "100" } }]);
  const sender = await kafka.sender();
  const begin = async () => {
    await sender.send(topic, [recordOf("a")]);
    return (await admin.beginOffsets(topic))[0]?.offset ?? 0;
  };
  await until(async () => (await begin()) > 0, "the retention");
  await expect(read({ topic, toOffset: 1 })).rejects.toMatchObject({ code: "kafkaTopic", retriable: false });
  await expect(read({ topic: "missing", toOffset: 1 })).rejects.toMatchObject({ code: "kafkaTopic" });
  await Promise.all([sender.close(), admin.close()]);
});

it("a read ends with its signal's reason, and can be left early", async () => {
  const topic = await makeTopic(kafka, 1);
  const sender = await kafka.sender();
  const filler = "x".repeat(1000);
  await sender.send(
    topic,
    Array.from({ length: 9000 }, () => recordOf(filler)),
  );
  await sender.close();
  const stop = new AbortController();
  const reason = new Error("enough");
  const endless = read({ topic, toOffset: 1_000_000, signal: stop.signal });
  setTimeout(() => stop.abort(reason), 50);
  await expect(endless).rejects.toBe(reason);
  await expect(read({ topic, toOffset: 1, signal: stop.signal })).rejects.toBe(reason);
  for await (const batch of kafka.readPartition({ topic, partition: 0, fromOffset: 0, toOffset: 9000 })) {
    expect(batch.records.length).toBeLessThan(9000);
    break;
  }
});

import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logLevel, Kafka as StockKafka } from "kafkajs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningKafka, startKafka } from "../../../local/kafka/start-kafka.ts";
import { ClusterLink } from "../../../runtime/kafka/cluster-link.ts";
import { createKafka } from "../../../runtime/kafka/kafka.ts";
import { produce } from "../../../runtime/kafka/produce-request.ts";
import { RecordBatchWriter, sealBatch } from "../../../runtime/kafka/record-batch-writer.ts";
import type { Kafka } from "../../../runtime/kafka/types.ts";
import { collect, kafkaAs, makeTopic, readAll, recordOf, rememberingLog, until } from "./kafka-under-test.ts";

let server: RunningKafka;
let kafka: Kafka;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellwether-kafka-port-"));
  server = await startKafka({ environment: process.env, dataFolder: folder });
  kafka = kafkaAs(server, server.users.admin);
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

it("records come back as they were sent: keys, values, headers, nulls, bytes that are no text", async () => {
  const topic = await makeTopic(kafka);
  const sender = await kafka.sender();
  const bytes = Buffer.from([0, 255, 128, 10]);
  const ends = await sender.send(topic, [
    recordOf("é漢😀", 2, { key: "XXX", headers: { a: "1", b: bytes, "long-name": "v".repeat(5000) } }),
    recordOf("second", 2, { key: null, value: null }),
    recordOf("third", 0, { key: bytes, value: bytes }),
  ]);
  await sender.close();
  expect(ends).toEqual(
    expect.arrayContaining([
      { topic, partition: 2, offset: 2 },
      { topic, partition: 0, offset: 1 },
    ]),
  );
  const got = await collect(kafka, topic);
  await got.count(3);
  const [first, second] = got.byPartition.get(2) ?? [];
  expect(first).toMatchObject({ offset: 0, key: Buffer.from("XXX"), value: Buffer.from("é漢😀") });
  expect(first?.headers).toEqual({ a: Buffer.from("1"), b: bytes, "long-name": Buffer.from("v".repeat(5000)) });
  expect(Math.abs((first?.timestampMs ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(second).toMatchObject({ offset: 1, key: null, value: null, headers: {} });
  expect(got.byPartition.get(0)?.[0]).toMatchObject({ key: bytes, value: bytes });
  await got.reader.close();
});

it("order is kept by partition over many sends under way at once, and batches larger than Kafka takes are split", async () => {
  const topic = await makeTopic(kafka);
  const sender = await kafka.sender();
  const filler = "x".repeat(900);
  const sends = Array.from({ length: 40 }, (_, send) =>
    sender.send(
      topic,
      Array.from({ length: 150 }, (_, index) => recordOf(`${send * 50 + Math.floor(index / 3)} ${filler}`, index % 3)),
    ),
  );
  // One call alone is five times what a topic takes in a batch.
  const large = Array.from({ length: 5000 }, (_, index) => recordOf(`${2000 + index} ${"y".repeat(1000)}`, 1));
  const [largeEnd] = await sender.send(topic, large);
  await Promise.all(sends);
  await sender.close();
  expect(largeEnd).toEqual({ topic, partition: 1, offset: 7000 });
  const got = await collect(kafka, topic);
  await got.count(11_000);
  for (const [partition, count] of [2000, 7000, 2000].entries()) {
    expect(got.values(partition).map(Number.parseFloat)).toEqual(Array.from({ length: count }, (_, index) => index));
  }
  await got.reader.close();
});

it("a broker takes any sequence number as the first of a producer that it does not know, and refuses what comes before it", async () => {
  const topic = await makeTopic(kafka, 1);
  const { brokers, ca, users } = server;
  const link = new ClusterLink({ brokers, clientId: "raw", tls: { ca }, sasl: users.admin }, rememberingLog());
  const cluster = await link.cluster();
  const broker = await cluster.brokerPool.findConnectedBroker();
  // The topic is there as soon as another producer could write to it.
  const sender = await kafka.sender();
  await sender.send(topic, [recordOf("another's")]);
  await sender.close();
  const writer = new RecordBatchWriter();
  const write = async (value: string, baseSequence: number) => {
    const { batch } = writer.write([recordOf(value)], 0, Date.now());
    sealBatch(batch, { producerId: 4711n, producerEpoch: 0, baseSequence, transactional: false });
    const [answer] = await produce(broker, [{ topic, partition: 0, batch }], null);
    return answer?.errorCode;
  };
  const outOfOrderSequenceNumber = 45;
  expect(await write("second", 1)).toBe(0);
  expect(await write("first", 0)).toBe(outOfOrderSequenceNumber);
  expect((await readAll(kafka, topic)).map(({ value }) => String(value))).toEqual(["another's", "second"]);
  link.close();
});

it("a record larger than the topic takes is refused as kafkaTopic, and the sender still serves other records", async () => {
  const topic = await makeTopic(kafka);
  const sender = await kafka.sender();
  await sender.send(topic, [recordOf("before")]);
  const refused = sender.send(topic, [recordOf("x".repeat(6 * 1024 * 1024))]);
  await expect(refused).rejects.toMatchObject({ code: "kafkaTopic" });
  expect(await sender.send(topic, [recordOf("after")])).toEqual([{ topic, partition: 0, offset: 2 }]);
  await sender.close();
});

it("D4: the topic id is the one that the broker keeps with the partition, in base64url", async () => {
  const topic = await makeTopic(kafka);
  const admin = await kafka.admin();
  const id = await admin.topicId(topic);
  expect(await admin.topicId(topic)).toBe(id);
  await admin.close();
  expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  const file = join(`${topic}-0`, "partition.metadata");
  const find = () => readdirSync(folder, { recursive: true, encoding: "utf8" }).find((path) => path.endsWith(file));
  await until(() => find() !== undefined, "the broker's own note of the topic id");
  expect(readFileSync(join(folder, find() ?? ""), "utf8")).toContain(`topic_id: ${id}`);
});

it("positions reach the end behind transaction markers; aborted records are never handed over", async () => {
  const topic = await makeTopic(kafka, 1);
  const { username, password } = server.users.admin;
  const stock = new StockKafka({
    brokers: [...server.brokers],
    ssl: { ca: [server.ca] },
    sasl: { mechanism: "scram-sha-512", username, password },
    logLevel: logLevel.NOTHING,
  });
  const producer = stock.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (const [value, commits] of [
    ["kept", true],
    ["dropped", false],
    ["kept too", true],
    ["dropped too", false],
  ] as const) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value, partition: 0 }] });
    await (commits ? transaction.commit() : transaction.abort());
  }
  await producer.disconnect();
  const admin = await kafka.admin();
  const end = 8;
  await until(
    async () => (await admin.endOffsets(topic, { readCommitted: false }))[0]?.offset === end,
    "the last marker",
  );
  const got = await collect(kafka, topic);
  await until(() => got.reader.positions()[0]?.offset === end, "the position behind the last marker");
  expect(got.values(0)).toEqual(["kept", "kept too"]);
  expect(got.byPartition.get(0)?.map(({ offset }) => offset)).toEqual([0, 4]);
  await got.reader.close();
  const all = await collect(kafka, topic, { readCommitted: false });
  await all.count(4);
  expect(all.values(0)).toEqual(["kept", "dropped", "kept too", "dropped too"]);
  await all.reader.close();

  const open = await producer.connect().then(() => producer.transaction());
  await open.send({ topic, messages: [{ value: "open", partition: 0 }] });
  expect((await admin.endOffsets(topic, { readCommitted: true }))[0]?.offset).toBe(8);
  expect((await admin.endOffsets(topic, { readCommitted: false }))[0]?.offset).toBe(9);
  await open.abort();
  await producer.disconnect();
  await admin.close();
});

it("rights that are missing are kafkaAuthorization and name what is denied: a topic to read or write, a group", async () => {
  const topic = await makeTopic(kafka);
  const demo = kafkaAs(server, server.users.demo);
  const denied = { code: "kafkaAuthorization", message: expect.stringContaining(topic) };
  await expect(collect(demo, topic)).rejects.toMatchObject(denied);
  // A user who may write to no topic at all may not even begin.
  await expect(demo.sender()).rejects.toMatchObject({ code: "kafkaAuthorization" });
  const admin = await kafka.admin();
  const other = { principal: "User:demo", resource: "topic", name: "elsewhere", pattern: "literal" } as const;
  await admin.ensureAcls([{ ...other, operation: "write" }]);
  const sender = await demo.sender();
  await expect(sender.send(topic, [recordOf("a")])).rejects.toMatchObject(denied);
  const own = { principal: "User:demo", resource: "topic", name: topic, pattern: "literal" } as const;
  await admin.ensureAcls([{ ...own, operation: "read" }]);
  const group = { code: "kafkaAuthorization", message: expect.stringContaining("group-of-others") };
  await expect(collect(demo, topic, { groupId: "group-of-others" })).rejects.toMatchObject(group);
  await expect(sender.send(topic, [recordOf("a")])).rejects.toMatchObject(denied);
  await admin.ensureAcls([{ ...own, operation: "write" }]);
  expect(await sender.send(topic, [recordOf("a")])).toEqual([{ topic, partition: 0, offset: 1 }]);
  await Promise.all([sender.close(), admin.close()]);
});

it("a wrong password is kafkaAuthentication, from every part of the port", async () => {
  const wrong = kafkaAs(server, { username: "demo", password: "wrong" });
  const refused = { code: "kafkaAuthentication", remedy: expect.stringContaining("KAFKA_SASL_PASSWORD") };
  await expect(wrong.sender()).rejects.toMatchObject(refused);
  await expect(collect(wrong, "any")).rejects.toMatchObject(refused);
  const admin = await wrong.admin();
  await expect(admin.partitionCount("any")).rejects.toMatchObject(refused);
  await admin.close();
});

it("an authority that did not sign the broker, and plain text to a TLS listener, are told with what to set", async () => {
  const { users, brokers } = server;
  const log = rememberingLog();
  const untrusting = await createKafka(
    { brokers, clientId: "t", tls: { ca: undefined }, sasl: users.admin },
    log,
  ).admin();
  const untrusted = { code: "kafkaUnreachable", remedy: expect.stringContaining("KAFKA_TLS_CA") };
  await expect(untrusting.partitionCount("any")).rejects.toMatchObject(untrusted);
  await untrusting.close();
  const plain = await createKafka({ brokers, clientId: "t", tls: null, sasl: null }, log).admin();
  const mismatched = { code: "kafkaUnreachable", remedy: expect.stringContaining("KAFKA_TLS") };
  await expect(plain.partitionCount("any")).rejects.toMatchObject(mismatched);
  await plain.close();
});

it("a cluster out of reach is kafkaUnreachable, names its brokers, and is said in the log meanwhile", async () => {
  const log = rememberingLog();
  const nowhere = createKafka({ brokers: ["127.0.0.1:1"], clientId: "t", tls: null, sasl: null }, log);
  const unreachable = { code: "kafkaUnreachable", message: expect.stringContaining("127.0.0.1:1"), retriable: true };
  const admin = await nowhere.admin();
  await Promise.all([
    expect(admin.partitionCount("any")).rejects.toMatchObject(unreachable),
    expect(nowhere.sender()).rejects.toMatchObject(unreachable),
    expect(collect(nowhere, "any")).rejects.toMatchObject(unreachable),
  ]);
  expect(log.warnings.length).toBeGreaterThan(0);
  await admin.close();
});

it("a topic that does not exist is kafkaTopic; one with another partition count too", async () => {
  const admin = await kafka.admin();
  await expect(admin.topicId("missing")).rejects.toMatchObject({ code: "kafkaTopic" });
  const topic = await makeTopic(kafka, 3);
  expect(await admin.ensureTopics([{ topic, partitions: 3, configs: {} }])).toEqual([]);
  const other = admin.ensureTopics([{ topic, partitions: 4, configs: {} }]);
  await expect(other).rejects.toMatchObject({ code: "kafkaTopic", message: expect.stringContaining("3 partitions") });
  await admin.close();
});

it("offsets by time: the first record at or after it, else the end", async () => {
  const topic = await makeTopic(kafka, 2);
  const sender = await kafka.sender();
  await sender.send(topic, [recordOf("early", 0)]);
  const betweenMs = Date.now() + 1;
  await until(() => Date.now() > betweenMs, "the next millisecond");
  await sender.send(topic, [recordOf("late", 0)]);
  await sender.close();
  const admin = await kafka.admin();
  const offsets = async (timeMs: number) => (await admin.offsetsAt(topic, timeMs)).map(({ offset }) => offset);
  expect(await offsets(0)).toEqual([0, 0]);
  expect(await offsets(betweenMs)).toEqual([1, 0]);
  expect(await offsets(Date.now() + 60_000)).toEqual([2, 0]);
  expect((await admin.beginOffsets(topic)).map(({ offset }) => offset)).toEqual([0, 0]);
  await admin.close();
});

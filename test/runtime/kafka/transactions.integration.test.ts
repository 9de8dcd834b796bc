import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { logLevel, Kafka as StockKafka } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningKafka, startKafka } from "../../../local/kafka/start-kafka.ts";
import type { KafkaAdmin } from "../../../runtime/kafka/admin-types.ts";
import type { GroupMembership, Kafka, OutgoingRecord } from "../../../runtime/kafka/types.ts";
import { collect, kafkaAs, makeTopic, readAll, recordOf, until } from "./kafka-under-test.ts";

let server: RunningKafka;
let kafka: Kafka;
let admin: KafkaAdmin;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellwether-kafka-transactions-"));
  const extraConfig = {
    "group.min.session.timeout.ms": "1000",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
  };
  server = await startKafka({ environment: process.env, dataFolder: folder, extraConfig });
  kafka = kafkaAs(server, server.users.admin);
  admin = await kafka.admin();
});

afterAll(async () => {
  await admin?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A group that nobody has joined takes commits of no member, as Kafka's own tools make them. */
const outsider = (groupId: string): GroupMembership => ({ groupId, memberId: "", generationId: -1 });
const values = async (topic: string) => (await readAll(kafka, topic)).map(({ value }) => String(value));
/** The committed values, once so many show: markers follow a commit by a few milliseconds. */
const shown = async (topic: string, count: number) => {
  await until(async () => (await values(topic)).length >= count, `${count} committed records`);
  return values(topic);
};
const records = (...texts: readonly string[]): OutgoingRecord[] => texts.map((text) => recordOf(text));

describe("atomicity", () => {
  it("D1: what is sent and the positions show at once, at the commit, and not before", async () => {
    const [input, output, other] = [await makeTopic(kafka), await makeTopic(kafka), await makeTopic(kafka)];
    const group = outsider(`group-${output}`);
    const sender = await kafka.transactionalSender(`id-${output}`);
    await sender.send(output, [recordOf("a", 0), recordOf("b", 1), recordOf("c", 0)]);
    await sender.send(other, records("d"));
    expect(await values(output)).toEqual([]);
    expect(await admin.committedOffsets(group.groupId, input)).toEqual([]);
    const positions = [
      { topic: input, partition: 0, offset: 7 },
      { topic: input, partition: 2, offset: 9 },
    ];
    await sender.commit(group, positions);
    expect(await admin.committedOffsets(group.groupId, input, { requireStable: true })).toEqual(positions);
    expect(await shown(output, 3)).toEqual(["a", "c", "b"]);
    expect(await shown(other, 1)).toEqual(["d"]);
    await sender.close();
  });

  it("an aborted transaction leaves no record and no position; the sender goes with it, and the next one's is whole", async () => {
    const [input, output] = [await makeTopic(kafka), await makeTopic(kafka, 1)];
    const group = outsider(`group-${output}`);
    for (let round = 0; round < 5; round++) {
      const aborted = await kafka.transactionalSender(`id-${output}`);
      await aborted.abort();
      await aborted.send(output, records(`dropped ${round}`));
      await aborted.abort();
      await expect(aborted.send(output, records("late"))).rejects.toMatchObject({ retriable: true });
      await aborted.close();
      const sender = await kafka.transactionalSender(`id-${output}`);
      void sender.send(output, records(`kept ${round}`));
      await sender.commit(group, [{ topic: input, partition: 0, offset: round }]);
      await sender.close();
    }
    expect(await admin.committedOffsets(group.groupId, input, { requireStable: true })).toMatchObject([{ offset: 4 }]);
    expect(await shown(output, 5)).toEqual([0, 1, 2, 3, 4].map((round) => `kept ${round}`));
  });

  it("a transaction of positions alone, of records alone, and of nothing, are all good", async () => {
    const topic = await makeTopic(kafka, 1);
    const group = outsider(`group-${topic}`);
    const sender = await kafka.transactionalSender(`id-${topic}`);
    await sender.commit(group, []);
    await sender.commit(group, [{ topic, partition: 0, offset: 3 }]);
    await sender.send(topic, records("a"));
    await sender.commit(group, []);
    expect(await admin.committedOffsets(group.groupId, topic, { requireStable: true })).toMatchObject([{ offset: 3 }]);
    expect(await shown(topic, 1)).toEqual(["a"]);
    await sender.close();
  });

  it("one transaction takes more than a batch and a request can hold, in order", async () => {
    const topic = await makeTopic(kafka, 2);
    const sender = await kafka.transactionalSender(`id-${topic}`);
    const filler = "x".repeat(1000);
    for (let part = 0; part < 20; part++) {
      const many = Array.from({ length: 500 }, (_, index) => recordOf(`${part * 500 + index} ${filler}`, index % 2));
      void sender.send(topic, many);
    }
    await sender.commit(outsider(`group-${topic}`), [{ topic, partition: 0, offset: 1 }]);
    const numbers = (await shown(topic, 10_000)).map(Number.parseFloat);
    const all = Array.from({ length: 10_000 }, (_, index) => index);
    expect(numbers).toEqual([...all.filter((n) => n % 2 === 0), ...all.filter((n) => n % 2 === 1)]);
    await sender.close();
  });
});

describe("fencing", () => {
  const fenced = { code: "kafkaFenced", retriable: false };

  it("D1: a second holder of the id fences the first in mid-transaction; what the first had sent never shows", async () => {
    const [input, output] = [await makeTopic(kafka, 1), await makeTopic(kafka, 2)];
    const group = outsider(`group-${output}`);
    const first = await kafka.transactionalSender(`id-${output}`);
    await first.send(output, records("of the first"));
    const second = await kafka.transactionalSender(`id-${output}`);
    await expect(first.send(output, records("late"))).rejects.toMatchObject(fenced);
    await expect(first.commit(group, [{ topic: input, partition: 0, offset: 5 }])).rejects.toMatchObject(fenced);
    await first.abort();
    await expect(first.send(output, records("later"))).rejects.toMatchObject(fenced);
    await second.send(output, records("of the second"));
    await second.commit(group, [{ topic: input, partition: 0, offset: 1 }]);
    expect(await shown(output, 1)).toEqual(["of the second"]);
    expect(await admin.committedOffsets(group.groupId, input, { requireStable: true })).toMatchObject([{ offset: 1 }]);
    await Promise.all([first.close(), second.close()]);
  });

  it("a first holder that only commits, having sent all before, is fenced too", async () => {
    const topic = await makeTopic(kafka, 1);
    const first = await kafka.transactionalSender(`id-${topic}`);
    await first.send(topic, records("a"));
    const second = await kafka.transactionalSender(`id-${topic}`);
    await expect(first.commit(outsider(`group-${topic}`), [])).rejects.toMatchObject(fenced);
    const positions = [{ topic, partition: 0, offset: 1 }];
    const third = await kafka.transactionalSender(`id-${topic}`);
    await expect(second.commit(outsider(`group-${topic}`), positions)).rejects.toMatchObject(fenced);
    await Promise.all([first.close(), second.close(), third.close()]);
  });

  it("D1: a member of a generation that has passed cannot commit, though nobody has taken its transactional id", async () => {
    const [input, output] = [await makeTopic(kafka, 2), await makeTopic(kafka, 1)];
    const groupId = `group-${output}`;
    const one = await collect(kafka, input, { groupId });
    await until(() => one.reader.positions().length === 2, "the first assignment");
    const old = one.reader.membership();
    if (old === null) throw new Error("no membership");
    const zombie = await kafka.transactionalSender(`id-${output}`);
    await zombie.send(output, records("of the past"));
    const two = await collect(kafka, input, { groupId });
    await until(() => two.reader.positions().length === 1, "the second assignment");
    const positions = [{ topic: input, partition: 0, offset: 1 }];
    await expect(zombie.commit(old, positions)).rejects.toMatchObject(fenced);
    await zombie.abort();
    const unknown = await kafka.transactionalSender(`id-${output}`);
    const stranger = { ...old, memberId: "nobody" };
    await expect(unknown.commit(stranger, positions)).rejects.toMatchObject(fenced);
    expect(await admin.committedOffsets(groupId, input)).toEqual([]);
    const now = one.reader.membership();
    if (now === null) throw new Error("no membership");
    expect(now.generationId).toBeGreaterThan(old.generationId);
    const current = await kafka.transactionalSender(`id-${output}`);
    await current.send(output, records("of now"));
    await current.commit(now, positions);
    expect(await shown(output, 1)).toEqual(["of now"]);
    expect(await admin.committedOffsets(groupId, input, { requireStable: true })).toEqual(positions);
    await Promise.all([zombie, unknown, current, one.reader, two.reader].map((each) => each.close()));
  });

  it("a transaction that outlives its timeout is aborted by the broker: its holder is fenced, and a new one goes on", async () => {
    const topic = await makeTopic(kafka, 1);
    const slow = await kafka.transactionalSender(`id-${topic}`, { transactionTimeoutMs: 5000 });
    await slow.send(topic, records("too slow"));
    const ends = async (readCommitted: boolean) => (await admin.endOffsets(topic, { readCommitted }))[0]?.offset;
    expect(await ends(true)).toBe(0);
    await until(async () => (await ends(true)) === 2, "the broker's abort");
    await expect(slow.commit(outsider(`group-${topic}`), [])).rejects.toMatchObject({ code: "kafkaFenced" });
    const next = await kafka.transactionalSender(`id-${topic}`);
    await next.send(topic, records("in time"));
    await next.commit(outsider(`group-${topic}`), []);
    expect(await shown(topic, 1)).toEqual(["in time"]);
    await Promise.all([slow.close(), next.close()]);
  });

  it("a process that is killed in mid-transaction leaves nothing, and its successor need not wait for the timeout", async () => {
    const topic = await makeTopic(kafka, 1);
    const script = fileURLToPath(new URL("./holder-process.ts", import.meta.url));
    const child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
    const { brokers, ca, users } = server;
    child.stdin.end(JSON.stringify({ brokers, ca, user: users.admin, topic, transactionalId: `id-${topic}` }));
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect((await admin.endOffsets(topic, { readCommitted: false }))[0]?.offset).toBe(1);
    const successor = await kafka.transactionalSender(`id-${topic}`);
    await successor.send(topic, records("of the successor"));
    await successor.commit(outsider(`group-${topic}`), []);
    expect(await shown(topic, 1)).toEqual(["of the successor"]);
    await successor.close();
  });
});

it("D1: a position that an open transaction is about to move is waited for where it must be stable, and others are not", async () => {
  const topic = await makeTopic(kafka, 2);
  const { username, password } = server.users.admin;
  const stock = new StockKafka({
    brokers: [...server.brokers],
    ssl: { ca: [server.ca] },
    sasl: { mechanism: "scram-sha-512", username, password },
    logLevel: logLevel.NOTHING,
  });
  const producer = stock.producer({ transactionalId: `id-${topic}`, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  const topics = [{ topic, partitions: [{ partition: 0, offset: "7" }] }];
  await transaction.sendOffsets({ consumerGroupId: `group-${topic}`, topics });
  expect(await admin.committedOffsets(`group-${topic}`, topic)).toEqual([]);
  let isAnswered = false;
  const stable = admin.committedOffsets(`group-${topic}`, topic, { requireStable: true });
  void stable.then(() => (isAnswered = true));
  for (let round = 0; round < 20; round++) await admin.committedOffsets(`group-${topic}`, topic);
  const others = { requireStable: true, partitions: [1] };
  expect(await admin.committedOffsets(`group-${topic}`, topic, others)).toEqual([]);
  expect(isAnswered).toBe(false);
  await transaction.commit();
  expect(await stable).toEqual([{ topic, partition: 0, offset: 7 }]);
  await producer.disconnect();
});

describe("rights", () => {
  const denied = (what: string) => ({ code: "kafkaAuthorization", message: expect.stringContaining(what) });

  it("a right that is missing fails the whole transaction and moves no position: id, output topic, group", async () => {
    const [input, output] = [await makeTopic(kafka, 1), await makeTopic(kafka, 1)];
    const enricher = kafkaAs(server, server.users.enricher);
    const right = { principal: "User:enricher", pattern: "literal" } as const;
    const [id, group] = [`id-${output}`, outsider(`group-${output}`)];
    const positions = [{ topic: input, partition: 0, offset: 3 }];
    await expect(enricher.transactionalSender(id)).rejects.toMatchObject(denied(id));
    await admin.ensureAcls([{ ...right, resource: "transactionalId", name: id, operation: "write" }]);
    await admin.ensureAcls([{ ...right, resource: "topic", name: input, operation: "read" }]);
    const attempt = async () => {
      const sender = await enricher.transactionalSender(id);
      void sender.send(output, records("a"));
      await sender.commit(group, positions).finally(async () => {
        await sender.abort();
        await sender.close();
      });
      return true;
    };
    await admin.ensureAcls([{ ...right, resource: "group", name: group.groupId, operation: "read" }]);
    // A right that was just given takes a moment to count.
    const refusedFor = (what: string) => async () => String(await attempt().catch(String)).includes(what);
    await until(refusedFor(`the topic ${output}`), "the refusal of the output topic");
    expect(await admin.committedOffsets(group.groupId, input, { requireStable: true })).toEqual([]);
    await admin.ensureAcls([{ ...right, resource: "topic", name: output, operation: "write" }]);
    const elsewhere = { ...group, groupId: "group-of-others" };
    const sender = await enricher.transactionalSender(id);
    await expect(sender.commit(elsewhere, positions)).rejects.toMatchObject(denied("group-of-others"));
    await sender.close();
    await until(() => attempt().catch(() => false), "a transaction");
    expect(await shown(output, 1)).toEqual(["a"]);
    expect(await admin.committedOffsets(group.groupId, input, { requireStable: true })).toEqual(positions);
  });
});

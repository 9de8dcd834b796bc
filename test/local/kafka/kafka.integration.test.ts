import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { KafkaUser } from "../../../local/kafka/credentials.ts";
import { type RunningKafka, startKafka } from "../../../local/kafka/start-kafka.ts";

let kafka: RunningKafka;
const soon = { timeout: 10_000, interval: 100 };
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  kafka = await startKafka({ environment: process.env, extraConfig: { "group.min.session.timeout.ms": "1000" } });
  const admin = clientOf(kafka.users.admin).admin();
  await admin.connect();
  closing.push(() => admin.disconnect());
  await admin.createTopics({
    waitForLeaders: true,
    topics: ["orders", "secret"].map((topic) => ({ topic, numPartitions: 2 })),
  });
});

afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await kafka?.stop();
});

function clientOf(user: KafkaUser, ca = kafka.ca): Kafka {
  return new Kafka({
    brokers: [...kafka.brokers],
    ssl: { ca: [ca] },
    sasl: { mechanism: "scram-sha-512", ...user },
    logLevel: logLevel.NOTHING,
    retry: { retries: 8, initialRetryTime: 50, maxRetryTime: 200 },
  });
}

async function connect(user: KafkaUser): Promise<void> {
  const admin = clientOf(user).admin();
  try {
    await admin.connect();
  } finally {
    await admin.disconnect();
  }
}

async function produce(user: KafkaUser, topic: string, value: string): Promise<void> {
  const producer = clientOf(user).producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    await producer.send({ topic, messages: [{ key: "XXX", value }] });
  } finally {
    await producer.disconnect();
  }
}

async function consumeFirst(user: KafkaUser, topic: string): Promise<string> {
  const consumer = clientOf(user).consumer({ groupId: `group-of-${user.username}` });
  closing.push(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  return new Promise((resolve, reject) => {
    // The client starts again by itself where the group's coordinator is still loading; a refusal is for good.
    consumer.on("consumer.crash", ({ payload }) => {
      if (!payload.restart || user !== kafka.users.admin) reject(payload.error);
    });
    consumer.run({ eachMessage: async ({ message }) => resolve(String(message.value)) }).catch(reject);
  });
}

it("the administrator makes topics, produces and consumes over SASL_SSL", async () => {
  await produce(kafka.users.admin, "orders", "hello");
  expect(await consumeFirst(kafka.users.admin, "orders")).toBe("hello");
});

it("a message of 4 MiB is taken", async () => {
  await produce(kafka.users.admin, "secret", "x".repeat(4 * 1024 * 1024));
});

it("a wrong password and an unknown user are refused", async () => {
  await expect(connect({ ...kafka.users.admin, password: "wrong" })).rejects.toThrow(/Authentication failed/);
  await expect(connect({ username: "nobody", password: "wrong" })).rejects.toThrow(/Authentication failed/);
  await connect(kafka.users.demo);
});

it("a client without a password gets nowhere, and one that does not trust the authority refuses the server", async () => {
  const bare = new Kafka({
    brokers: [...kafka.brokers],
    ssl: { ca: [kafka.ca] },
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  await expect(
    bare
      .admin()
      .connect()
      .then(() => bare.admin().listTopics()),
  ).rejects.toThrow();
  const doubting = new Kafka({
    brokers: [...kafka.brokers],
    ssl: true,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  await expect(doubting.admin().connect()).rejects.toThrow(/certificate/);
});

it("without an ACL a customer neither reads nor writes nor sees a topic, and can with one", async () => {
  const { demo } = kafka.users;
  await expect(consumeFirst(demo, "orders")).rejects.toThrow(/authorized|Failed to find group coordinator/i);
  await expect(produce(demo, "orders", "forged")).rejects.toThrow(/authorized/i);
  const admin = clientOf(kafka.users.admin).admin();
  await admin.connect();
  closing.push(() => admin.disconnect());
  const rights = { principal: "User:demo", host: "*", operation: 3, permissionType: 3, resourcePatternType: 3 };
  await admin.createAcls({
    acl: [
      { ...rights, resourceType: 2, resourceName: "orders" },
      { ...rights, resourceType: 3, resourceName: "group-of-demo" },
    ],
  });
  // What was answered to one request reaches the broker's authorizer a moment later.
  await vi.waitFor(async () => expect(await consumeFirst(demo, "orders")).toBe("hello"), soon);
  await expect(consumeFirst(demo, "secret")).rejects.toThrow(/authorized/i);
  await expect(produce(demo, "orders", "forged")).rejects.toThrow(/authorized/i);
});

it("a further SCRAM user can be made while the broker runs, and its password renewed", async () => {
  const first = await kafka.createScramUser("acme.feed-1");
  expect(first.password.length).toBeGreaterThanOrEqual(32);
  await vi.waitFor(() => connect(first), soon);
  const renewed = await kafka.createScramUser("acme.feed-1");
  await vi.waitFor(() => connect(renewed), soon);
  await expect(connect(first)).rejects.toThrow(/Authentication failed/);
  await expect(kafka.createScramUser("admin")).rejects.toMatchObject({ code: "badConfiguration" });
  await expect(kafka.createScramUser("a b")).rejects.toMatchObject({ code: "badConfiguration" });
});

it("passwords and private keys are readable by their owner alone, and show neither in the process list nor in the log", () => {
  const folder = dirname(kafka.caFile);
  for (const file of ["passwords.json", "server.pem", "server.properties"]) {
    expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600);
  }
  expect(statSync(folder).mode & 0o077).toBe(0);
  const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
  const log = readFileSync(kafka.logFile, "utf8");
  for (const { password } of Object.values(kafka.users)) {
    expect(password.length).toBeGreaterThanOrEqual(32);
    expect(processes).not.toContain(password);
    expect(log).not.toContain(password);
  }
});

it("a port that is taken is told by its number, before anything is started", async () => {
  const port = Number(kafka.brokers[0]?.split(":")[1]);
  await expect(startKafka({ environment: process.env, port })).rejects.toMatchObject({
    code: "portInUse",
    message: expect.stringContaining(String(port)),
  });
});

it("a broker that cannot start is told by the last lines of its log, which is kept", async () => {
  const failed = startKafka({ environment: process.env, extraConfig: { "ssl.keystore.location": "/nowhere.pem" } });
  const error: { code: string; message: string } = await failed.then(
    () => expect.unreachable("it started"),
    (reason) => reason,
  );
  expect(error.code).toBe("serverFailed");
  expect(error.message).toContain("/nowhere.pem");
  const log = error.message.match(/\(([^()]+\.log)\)\.$/)?.[1] ?? "";
  expect(readFileSync(log, "utf8")).toContain("/nowhere.pem");
  rmSync(log);
});

it("a setting that the broker refuses before it formats its folder is told too", async () => {
  const failed = startKafka({ environment: process.env, extraConfig: { "num.io.threads": "none" } });
  await expect(failed).rejects.toMatchObject({
    code: "serverFailed",
    message: expect.stringContaining("num.io.threads"),
  });
});

it("a broker that is killed is told by `exited`, and its temporary folder goes with the stop", async () => {
  const { pid } = kafka;
  process.kill(pid, "SIGKILL");
  const error = await kafka.exited;
  expect(error).toMatchObject({ code: "serverFailed", message: expect.stringContaining("SIGKILL") });
  await kafka.stop();
  expect(existsSync(dirname(kafka.caFile))).toBe(false);
});

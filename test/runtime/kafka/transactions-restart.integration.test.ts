import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningKafka, startKafka } from "../../../local/kafka/start-kafka.ts";
import { freePort } from "../../../local/process/ports.ts";
import type { Kafka, TransactionalSender } from "../../../runtime/kafka/types.ts";
import { breakingProxy, killed } from "./breaking-proxy.ts";
import { kafkaAs, makeTopic, readAll, recordOf, until } from "./kafka-under-test.ts";

let folder: string;
let port: number;
let server: RunningKafka;
let proxy: Awaited<ReturnType<typeof breakingProxy>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellwether-kafka-transactions-restart-"));
  port = await freePort();
  // The broker tells its clients the proxy's address for its own, so that all their connections can be cut.
  proxy = await breakingProxy(port);
  server = await start();
});

afterAll(async () => {
  await server?.stop();
  proxy?.close();
  await rm(folder, { recursive: true, force: true });
});

function start(): Promise<RunningKafka> {
  const extraConfig = { "advertised.listeners": `SASL_SSL://127.0.0.1:${proxy.port}` };
  return startKafka({ environment: process.env, dataFolder: folder, port, extraConfig });
}

const committed = async (kafka: Kafka, topic: string) => (await readAll(kafka, topic)).map(({ value }) => `${value}`);
const outsider = (topic: string) => ({ groupId: `group-${topic}`, memberId: "", generationId: -1 });

it("D1: a transaction goes on over a broker's restart and over its death, and is whole", async () => {
  const kafka = kafkaAs(server, server.users.admin);
  const topic = await makeTopic(kafka, 2);
  const sender = await kafka.transactionalSender(`id-${topic}`);
  const everywhere = (value: string) => [recordOf(value, 0), recordOf(value, 1)];
  await sender.send(topic, everywhere("before"));
  await server.stop();
  server = await start();
  await sender.send(topic, everywhere("between"));
  await killed(server);
  const late = sender.send(topic, everywhere("after"));
  server = await start();
  await late;
  expect(await committed(kafka, topic)).toEqual([]);
  await sender.commit(outsider(topic), [{ topic, partition: 0, offset: 1 }]);
  await until(async () => (await committed(kafka, topic)).length >= 6, "all records");
  expect(await committed(kafka, topic)).toEqual(["before", "between", "after", "before", "between", "after"]);
  await sender.close();
});

it("D1: whatever connection breaks at whatever moment, each number is committed once and in order, with its position", async () => {
  const kafka = kafkaAs({ ...server, brokers: [`127.0.0.1:${proxy.port}`] }, server.users.admin);
  const topic = await makeTopic(kafka, 2);
  const pipeline = keepCommitting(kafka, topic);
  for (let cut = 0; cut < 40; cut++) {
    const before = pipeline.position();
    await until(() => pipeline.position() > before, "another transaction");
    // Somewhere in the few milliseconds that a transaction takes.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
    proxy.cut();
  }
  const end = await pipeline.stop();
  await until(async () => (await committed(kafka, topic)).length >= end * 2, "all records");
  const all = Array.from({ length: end }, (_, index) => String(index));
  expect(await committed(kafka, topic)).toEqual([...all, ...all]);
});

/** Commits consecutive numbers to two partitions as the enricher does: after a fault it resumes from the committed position. */
function keepCommitting(kafka: Kafka, topic: string) {
  let position = 0;
  let isStopped = false;
  const take = async (): Promise<TransactionalSender> => {
    const sender = await persist(() => kafka.transactionalSender(`id-${topic}`));
    const admin = await kafka.admin();
    const stable = { requireStable: true };
    const [at] = await persist(() => admin.committedOffsets(`group-${topic}`, topic, stable));
    await admin.close();
    position = at?.offset ?? 0;
    return sender;
  };
  const run = async () => {
    let sender = await take();
    while (!isStopped) {
      const next = position + 3;
      try {
        for (let number = position; number < next; number++) {
          void sender.send(topic, [recordOf(String(number), 0), recordOf(String(number), 1)]);
        }
        await sender.commit(outsider(topic), [{ topic, partition: 0, offset: next }]);
        position = next;
      } catch (error) {
        expect(error).toMatchObject({ retriable: true });
        await sender.close();
        sender = await take();
      }
    }
    await sender.close();
    return position;
  };
  const running = run();
  running.catch(() => undefined);
  return {
    position: () => position,
    stop() {
      isStopped = true;
      return running;
    },
  };
}

async function persist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      expect(error).toMatchObject({ retriable: true });
    }
  }
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningKafka, startKafka } from "../../../local/kafka/start-kafka.ts";
import { freePort } from "../../../local/process/ports.ts";
import type { RecordSender } from "../../../runtime/kafka/types.ts";
import { breakingProxy, killed } from "./breaking-proxy.ts";
import { collect, kafkaAs, makeTopic, recordOf, rememberingLog, until } from "./kafka-under-test.ts";

let folder: string;
let port: number;
let server: RunningKafka;
let proxy: Awaited<ReturnType<typeof breakingProxy>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellwether-kafka-restart-"));
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

it("a broker's restart while sending and reading loses nothing, doubles nothing, keeps the order, and is said in the log", async () => {
  const log = rememberingLog();
  const kafka = kafkaAs(server, server.users.admin, log);
  const topic = await makeTopic(kafka, 3);
  const sender = await kafka.sender();
  const got = await collect(kafka, topic);
  const sending = keepSending(sender, topic);
  await got.count(300);
  for (const kill of [() => server.stop(), () => killed(server)]) {
    await kill();
    const before = sending.sent();
    server = await start();
    await until(() => sending.acknowledged() > before, "an acknowledgement after the restart");
  }
  await sending.stop();
  await got.count(sending.sent());
  expect(log.warnings.some((line) => line.includes("cannot be reached"))).toBe(true);
  const each = sending.sent() / 3;
  for (const partition of [0, 1, 2]) {
    expect(got.values(partition).map(Number)).toEqual(Array.from({ length: each }, (_, index) => index));
  }
  await got.reader.close();
  await sender.close();
});

it("a sender that is closed while Kafka is away gives up what it has with an error", async () => {
  const kafka = kafkaAs(server, server.users.admin);
  const topic = await makeTopic(kafka, 1);
  const sender = await kafka.sender();
  await sender.send(topic, [recordOf("a")]);
  await server.stop();
  const lost = expect(sender.send(topic, [recordOf("b")])).rejects.toMatchObject({ code: "kafkaFailed" });
  await sender.close();
  await lost;
  server = await start();
});

it("connections that break in the middle of anything, again and again, neither lose nor double nor reorder a record", async () => {
  const kafka = kafkaAs({ ...server, brokers: [`127.0.0.1:${proxy.port}`] }, server.users.admin);
  const topic = await makeTopic(kafka, 3);
  const sender = await kafka.sender();
  const got = await collect(kafka, topic);
  const sending = keepSending(sender, topic);
  for (let cut = 0; cut < 20; cut++) {
    const before = sending.acknowledged();
    await until(() => sending.acknowledged() > before + 30, "more acknowledgements");
    await until(() => proxy.cut() > 0, "a connection to cut");
  }
  await sending.stop();
  await sender.close();
  await got.count(sending.sent());
  for (const partition of [0, 1, 2]) {
    expect(got.values(partition).map(Number)).toEqual(Array.from({ length: sending.sent() / 3 }, (_, index) => index));
  }
  await got.reader.close();
});

/** Sends consecutive numbers to three partitions, a few sends under way at any time. */
function keepSending(sender: RecordSender, topic: string) {
  const perSend = 10;
  let sent = 0;
  let acknowledged = 0;
  let isStopped = false;
  const worker = async () => {
    while (!isStopped) {
      const first = sent / 3;
      sent += perSend * 3;
      const records = [0, 1, 2].flatMap((partition) =>
        Array.from({ length: perSend }, (_, index) => recordOf(String(first + index), partition)),
      );
      await sender.send(topic, records);
      acknowledged += records.length;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const workers = Promise.all(Array.from({ length: 8 }, worker));
  return {
    sent: () => sent,
    acknowledged: () => acknowledged,
    async stop() {
      isStopped = true;
      await workers;
    },
  };
}

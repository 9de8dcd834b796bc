import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningKafka, startKafka } from "../../local/kafka/start-kafka.ts";
import { freePort } from "../../local/process/ports.ts";
import { Random } from "../../local/simulator/random.ts";
import { killed } from "../runtime/kafka/breaking-proxy.ts";
import { kafkaAs, makeTopic, readAll, until } from "../runtime/kafka/kafka-under-test.ts";
import type { CountingOptions } from "./counting-process.ts";

const ids = 12;
const partitionsEach = 4;
const rounds = 12;

let folder: string;
let port: number;
let server: RunningKafka;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellwether-lost-markers-"));
  port = await freePort();
  server = await start();
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = () => startKafka({ environment: process.env, dataFolder: folder, port });

// One broker that is the whole cluster: while it stops, no partition has a leader, and transactions are noted as complete without their markers.
it("D1: whatever a broker that stops or dies leaves without its end, who takes the id over ends it as it was decided", async () => {
  const random = new Random(7);
  const topic = await makeTopic(kafkaAs(server, server.users.admin), ids * partitionsEach);
  for (let round = 0; round < rounds; round++) {
    const counting = startCounting(topic);
    await counting.goesOn();
    if (round % 3 === 0) {
      // Nobody is left who could see to its own transactions.
      const stopping = server.stop();
      await sleep(random.between(0, 400));
      await counting.kill();
      await stopping;
      server = await start();
    } else {
      await (round % 3 === 1 ? killed(server) : server.stop());
      server = await start();
      await sleep(random.between(0, 1500));
      await counting.kill();
    }
  }
  const last = startCounting(topic);
  await last.goesOn();
  await last.end();
  const kafka = kafkaAs(server, server.users.admin);
  const numbers = (await readAll(kafka, topic)).map(({ value }) => Number(`${value}`));
  const byPartition = numbers.join().split(/,(?=0,)/);
  expect(byPartition).toHaveLength(ids * partitionsEach);
  for (const ofPartition of byPartition) {
    const counted = ofPartition.split(",").map(Number);
    expect(counted).toEqual(counted.map((_, at) => at));
  }
});

/** A process of its own that counts under all ids, and can be killed. */
function startCounting(topic: string) {
  const { brokers, ca, users } = server;
  const options: CountingOptions = { brokers, ca, user: users.admin, topic, ids, partitionsEach };
  const script = fileURLToPath(new URL("./counting-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  let least = "nothing";
  let moves = 0;
  let fault = "no fault";
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!/^\d+$/.test(line)) fault = line;
    else if (line !== least) {
      least = line;
      moves++;
    }
  });
  const stopBy = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    /** Resolves once every id has counted on a few times. */
    goesOn: () =>
      until(() => moves >= 10, "every id to count on").catch((error: Error) => {
        throw new Error(`${error.message} (at ${least}; ${fault})`);
      }),
    kill: () => stopBy("SIGKILL"),
    end: () => stopBy("SIGTERM"),
  };
}

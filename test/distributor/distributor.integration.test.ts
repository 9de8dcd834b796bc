import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ProductRunner } from "../../distributor/product-runner.ts";
import type { Product } from "../../domain/entitlements/entitlements.ts";
import { parseEntitlements } from "../../domain/entitlements/parse-entitlements.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";
import { quietLog, topics } from "../support/broker.ts";
import { readToEnd } from "../support/read-topic.ts";
import { DistributorBench, delayMs, file, own, prefix, productOf, textHeaders } from "./distributor-under-test.ts";

const settings = { unitPartitions: 4, transactionTimeoutMs: 5000, sessionTimeoutMs: 10_000 };
let bench: DistributorBench;

beforeAll(async () => {
  bench = await DistributorBench.start();
});
afterAll(async () => {
  await bench.stop();
});

it("a product whose topic is missing is told with all others, and how to make them", async () => {
  const { code, stderr } = await bench.distribute().ended;
  expect(code).toBe(1);
  expect(stderr).toContain("market.product.prices: is not there");
  expect(stderr).toContain("amznenhanced: is not there");
  expect(stderr).toContain("entitlements apply");
});

it("products are exactly the cut of what was published, through a process that is killed in the middle", async () => {
  await bench.provision();
  await bench.publish(400);
  const first = bench.distribute();
  await expect.poll(() => bench.countOf("market.product.prices"), { timeout: 30_000 }).toBeGreaterThan(0);
  const publishing = (async () => {
    for (let part = 0; part < 10; part++) await bench.publish(100);
  })();
  await setTimeout(150);
  first.child.kill("SIGKILL");
  await publishing;
  const second = bench.distribute();
  for (const product of own) await bench.expectExactly(product);
  second.child.kill("SIGTERM");
  expect(await second.ended).toMatchObject({ code: 0 });
});

it("D1: a process that was asleep while another took its partitions over adds nothing when it wakes", async () => {
  const sleeper = bench.distribute();
  await bench.publish(100);
  await bench.expectExactly(productOf("prices"));
  const publishing = bench.publish(300);
  sleeper.child.kill("SIGSTOP");
  await publishing;
  const other = bench.distribute();
  await bench.expectExactly(productOf("prices"));
  sleeper.child.kill("SIGCONT");
  await bench.publish(100);
  for (const product of own) await bench.expectExactly(product);
  for (const { child } of [sleeper, other]) child.kill("SIGTERM");
  for (const { ended } of [sleeper, other]) expect(await ended).toMatchObject({ code: 0 });
});

it("a delayed product's record is not published before its delay has passed since it was received", async () => {
  const records = await readToEnd(bench.broker.kafkaFor("admin"), "market.product.late");
  expect(records.length).toBeGreaterThan(0);
  for (const { timestampMs, headers } of records) {
    expect(timestampMs).toBeGreaterThanOrEqual(Number(headers["received-time"]) / 1000 + delayMs);
  }
});

it("a delayed product commits no further than what it has shown, and a close does not wait for the rest", async () => {
  const late = productOf("late");
  let stoodStillAt: number | null = null;
  const one = await run(late, { nowMicros: () => stoodStillAt ?? systemClock.nowMicros() });
  await bench.expectExactly(late);
  const shown = await bench.countOf("market.product.late");
  // What is published from now on is never due.
  stoodStillAt = systemClock.nowMicros();
  await bench.publish(10);
  await expect.poll(() => one.runner.waiting, { timeout: 30_000 }).toBeGreaterThan(0);
  await one.runner.close();
  expect(await bench.countOf("market.product.late")).toBe(shown);
  const two = await run(late);
  await bench.expectExactly(late);
  await two.runner.close();
});

it("D1: instances that come and go lose nothing and double nothing", async () => {
  const prices = productOf("prices");
  const first = await run(prices);
  let isEnough = false;
  const publishing = (async () => {
    while (!isEnough) await bench.publish(50);
  })();
  await expect.poll(() => first.metrics.get("transactions"), { timeout: 30_000 }).toBeGreaterThan(3);
  const second = await run(prices);
  await expect.poll(() => second.metrics.get("transactions"), { timeout: 30_000 }).toBeGreaterThan(3);
  await first.runner.close();
  isEnough = true;
  await publishing;
  await bench.expectExactly(prices);
  await second.runner.close();
});

it("D1: an instance whose transactional ids are taken goes on from what is committed: nothing is lost or doubled", async () => {
  const prices = productOf("prices");
  const { runner, metrics } = await run(prices);
  const whilePublishing = (look: () => number) => bench.publish(30).then(look);
  const untilSeen = { timeout: 30_000, interval: 10 };
  const steal = async () => {
    for (const unit of [0, 1, 2]) {
      const thief = await bench.broker
        .kafkaFor("distributor")
        .transactionalSender(`market.distributor.prices-unit-${unit}`);
      await thief.close();
    }
    return whilePublishing(() => metrics.get("aborts"));
  };
  for (let theft = 1; theft <= 4; theft++) {
    const before = metrics.get("transactions");
    await expect.poll(() => whilePublishing(() => metrics.get("transactions")), untilSeen).toBeGreaterThan(before);
    // Who is just taking them over has nothing open that would be aborted: then they are stolen once more.
    await expect.poll(steal, untilSeen).toBeGreaterThanOrEqual(theft);
  }
  await bench.expectExactly(prices);
  await runner.close();
});

it("a product that is new begins at the beginning, and the others' positions stay as they are", async () => {
  const [fresh] = parseEntitlements(file.replace("late:", "fresh:").replace(", delay: 2s", ""), prefix).products.filter(
    ({ name }) => name === "fresh",
  );
  if (fresh === undefined) throw new Error("there is no such product");
  const admin = await bench.broker.kafkaFor("admin").admin();
  await bench.provision([fresh]);
  const before = await admin.committedOffsets("market.distributor.late", topics.enriched);
  const { runner } = await run(fresh);
  await bench.expectExactly(fresh);
  await runner.close();
  expect(await admin.committedOffsets("market.distributor.late", topics.enriched)).toEqual(before);
  await admin.close();
});

it("D3: what cannot be read goes to the dead-letter topic with its reason, and the product goes on", async () => {
  const sender = await bench.broker.kafkaFor("admin").sender();
  await sender.send(topics.enriched, [
    { partition: 0, key: "AAPL", value: '{"type":"quote","symbol"', headers: { "received-time": "1" } },
  ]);
  await sender.close();
  const { runner, metrics } = await run(productOf("prices"));
  await bench.publish(5);
  await bench.expectExactly(productOf("prices"));
  await runner.close();
  expect(metrics.get("deadLettered")).toBe(1);
  const [letter] = await readToEnd(bench.broker.kafkaFor("admin"), topics.deadLetter);
  expect(letter?.value?.toString()).toBe('{"type":"quote","symbol"');
  expect(textHeaders(letter)).toEqual({
    "received-time": "1",
    reason: "notJson",
    stage: "distributor",
    product: "prices",
  });
});

async function run(product: Product, clock = systemClock) {
  const kafka = bench.broker.kafkaFor("distributor");
  const metrics = new Metrics();
  const runner = await ProductRunner.start({
    product,
    kafka,
    admin: await kafka.admin(),
    prefix,
    topics,
    partitions: defaultPartitions,
    thresholdOf: () => 50_000,
    settings,
    clock,
    log: quietLog,
    metrics,
    onFailed: (error) => {
      throw error;
    },
  });
  return { runner, metrics };
}

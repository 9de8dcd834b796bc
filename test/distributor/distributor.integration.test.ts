import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { provisionProducts } from "../../cli/servers/provision.ts";
import { ProductRunner } from "../../distributor/product-runner.ts";
import { type Product, productTopics } from "../../domain/entitlements/entitlements.ts";
import { parseEntitlements } from "../../domain/entitlements/parse-entitlements.ts";
import { createProductCut, sourceTopics } from "../../domain/products/product-cut.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import type { IncomingRecord } from "../../runtime/kafka/types.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";
import { type RunningCommand, startBellwether } from "../support/bellwether.ts";
import { quietLog, startTestBroker, type TestBroker, topics } from "../support/broker.ts";
import { readToEnd } from "../support/read-topic.ts";
import { feedPart } from "./published-feed.ts";

const prefix = "market.";
const delayMs = 2000;
const file = `
products:
  full: { symbols: "*", kinds: [quotes, trades, candles, alerts] }
  prices: { symbols: [AAPL, MSFT], kinds: [quotes, candles], columns: [midPrice, indicator, tradeClose] }
  bars: { symbols: [AMZN, NVDA], kinds: [candles], shape: bar, topic: "{symbol}enhanced" }
  late: { symbols: [NVDA], kinds: [quotes, trades], delay: 2s }
customers: {}
`;
const { products } = parseEntitlements(file, prefix);
const own = products.filter(({ name }) => name !== "full");
const quick = { unitPartitions: 4, transactionTimeoutMs: 5000, sessionTimeoutMs: 1000 };
const folder = mkdtempSync(join(tmpdir(), "bellwether-distributor-"));
const running = new Set<RunningCommand>();
let broker: TestBroker;
let published = 0;

beforeAll(async () => {
  writeFileSync(join(folder, "entitlements.yaml"), file);
  broker = await startTestBroker({
    "group.min.session.timeout.ms": "1000",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
  });
});
afterAll(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await broker.stop();
  rmSync(folder, { recursive: true });
});

it("a product whose topic is missing is told with all others, and how to make them", async () => {
  const { code, stderr } = await distribute().ended;
  expect(code).toBe(1);
  expect(stderr).toContain("market.product.prices: is not there");
  expect(stderr).toContain("amznenhanced: is not there");
  expect(stderr).toContain("entitlements apply");
});

it("products are exactly the cut of what was published, through a process that is killed in the middle", async () => {
  const admin = await broker.kafkaFor("admin").admin();
  await provisionProducts(admin, { products, customers: [] }, prefix, true);
  await admin.close();
  await publish(400);
  const first = distribute();
  await expect.poll(() => countOf("market.product.prices"), { timeout: 30_000 }).toBeGreaterThan(0);
  const publishing = (async () => {
    for (let part = 0; part < 10; part++) await publish(100);
  })();
  await setTimeout(150);
  first.child.kill("SIGKILL");
  await publishing;
  const second = distribute();
  for (const product of own) await expectExactly(product);
  second.child.kill("SIGTERM");
  expect(await second.ended).toMatchObject({ code: 0 });
});

it("D1: a process that was asleep while another took its partitions over adds nothing when it wakes", async () => {
  const sleeper = distribute();
  await publish(100);
  await expectExactly(productOf("prices"));
  const publishing = publish(300);
  sleeper.child.kill("SIGSTOP");
  await publishing;
  const other = distribute();
  await expectExactly(productOf("prices"));
  sleeper.child.kill("SIGCONT");
  await publish(100);
  for (const product of own) await expectExactly(product);
  for (const { child } of [sleeper, other]) child.kill("SIGTERM");
  for (const { ended } of [sleeper, other]) expect(await ended).toMatchObject({ code: 0 });
});

it("a delayed product's record is not published before its delay has passed since it was received", async () => {
  const records = await readToEnd(broker.kafkaFor("admin"), "market.product.late");
  expect(records.length).toBeGreaterThan(0);
  for (const { timestampMs, headers } of records) {
    expect(timestampMs).toBeGreaterThanOrEqual(Number(headers["received-time"]) / 1000 + delayMs);
  }
});

it("a delayed product commits no further than what it has shown, and a close does not wait for the rest", async () => {
  const late = productOf("late");
  const one = await run(late);
  await expectExactly(late);
  const shown = await countOf("market.product.late");
  await publish(10);
  await expect.poll(() => one.runner.waiting, { timeout: 10_000 }).toBeGreaterThan(0);
  const before = performance.now();
  await one.runner.close();
  expect(performance.now() - before).toBeLessThan(1500);
  expect(await countOf("market.product.late")).toBe(shown);
  const two = await run(late);
  await expectExactly(late);
  await two.runner.close();
});

it("D1: instances that come and go lose nothing and double nothing", async () => {
  const prices = productOf("prices");
  const first = await run(prices);
  let isEnough = false;
  const publishing = (async () => {
    while (!isEnough) await publish(50);
  })();
  await expect.poll(() => first.metrics.get("transactions"), { timeout: 30_000 }).toBeGreaterThan(3);
  const second = await run(prices);
  await expect.poll(() => second.metrics.get("transactions"), { timeout: 30_000 }).toBeGreaterThan(3);
  await first.runner.close();
  isEnough = true;
  await publishing;
  await expectExactly(prices);
  await second.runner.close();
});

it("D1: an instance whose transactional ids are taken goes on from what is committed: nothing is lost or doubled", async () => {
  const prices = productOf("prices");
  const { runner, metrics } = await run(prices);
  for (let theft = 1; theft <= 4; theft++) {
    for (const unit of [0, 1, 2]) {
      const thief = await broker.kafkaFor("distributor").transactionalSender(`market.distributor.prices-unit-${unit}`);
      await thief.close();
    }
    const untilFenced = { timeout: 30_000, interval: 10 };
    await expect.poll(() => publish(30).then(() => metrics.get("aborts")), untilFenced).toBeGreaterThanOrEqual(theft);
  }
  await expectExactly(prices);
  await runner.close();
});

it("a product that is new begins at the beginning, and the others' positions stay as they are", async () => {
  const [fresh] = parseEntitlements(file.replace("late:", "fresh:").replace(", delay: 2s", ""), prefix).products.filter(
    ({ name }) => name === "fresh",
  );
  if (fresh === undefined) throw new Error("there is no such product");
  const admin = await broker.kafkaFor("admin").admin();
  await provisionProducts(admin, { products: [fresh], customers: [] }, prefix, true);
  const before = await admin.committedOffsets("market.distributor.late", topics.enriched);
  const { runner } = await run(fresh);
  await expectExactly(fresh);
  await runner.close();
  expect(await admin.committedOffsets("market.distributor.late", topics.enriched)).toEqual(before);
  await admin.close();
});

it("D3: what cannot be read goes to the dead-letter topic with its reason, and the product goes on", async () => {
  const sender = await broker.kafkaFor("admin").sender();
  await sender.send(topics.enriched, [
    { partition: 0, key: "AAPL", value: '{"type":"quote","symbol"', headers: { "received-time": "1" } },
  ]);
  await sender.close();
  const { runner, metrics } = await run(productOf("prices"));
  await publish(5);
  await expectExactly(productOf("prices"));
  await runner.close();
  expect(metrics.get("deadLettered")).toBe(1);
  const [letter] = await readToEnd(broker.kafkaFor("admin"), topics.deadLetter);
  expect(letter?.value?.toString()).toBe('{"type":"quote","symbol"');
  expect(textHeaders(letter)).toEqual({
    "received-time": "1",
    reason: "notJson",
    stage: "distributor",
    product: "prices",
  });
});

function productOf(name: string): Product {
  const product = products.find((one) => one.name === name);
  if (product === undefined) throw new Error(`there is no product ${name}`);
  return product;
}

function distribute(): RunningCommand {
  const { server } = broker;
  const command = startBellwether(["distribute"], {
    KAFKA_BROKERS: server.brokers.join(","),
    KAFKA_TLS_CA: server.caFile,
    KAFKA_SASL_USERNAME: server.users.distributor.username,
    KAFKA_SASL_PASSWORD: server.users.distributor.password,
    ENTITLEMENTS_FILE: join(folder, "entitlements.yaml"),
    SESSION_TIMEOUT_MS: "1000",
    TRANSACTION_TIMEOUT_MS: "5000",
  });
  running.add(command);
  void command.ended.then(() => running.delete(command));
  return command;
}

async function run(product: Product) {
  const kafka = broker.kafkaFor("distributor");
  const metrics = new Metrics();
  const runner = await ProductRunner.start({
    product,
    kafka,
    admin: await kafka.admin(),
    prefix,
    topics,
    partitions: defaultPartitions,
    thresholdOf: () => 50_000,
    settings: quick,
    clock: systemClock,
    log: quietLog,
    metrics,
    onFailed: (error) => {
      throw error;
    },
  });
  return { runner, metrics };
}

/** Publishes more of the feed, a tenth of it in a transaction that is aborted and counts for nothing. */
async function publish(count: number): Promise<void> {
  const sender = await broker.kafkaFor("admin").transactionalSender(`feed-${published}`);
  const from = published;
  published += count;
  for (const [topic, records] of feedPart(from, Math.ceil(count / 10))) await sender.send(topic, records);
  await sender.abort();
  for (const [topic, records] of feedPart(from, count)) await sender.send(topic, records);
  await sender.commit({ groupId: "", memberId: "", generationId: -1 }, []);
  await sender.close();
}

async function countOf(topic: string): Promise<number> {
  return (await readToEnd(broker.kafkaFor("admin"), topic)).length;
}

/** The product's topics hold the cut of all that is published now: each source's records in order, with key, bytes and source headers. */
async function expectExactly(product: Product): Promise<void> {
  const cut = createProductCut(product, { prefix, partitions: defaultPartitions, thresholdOf: () => 50_000 });
  const expected = new Map(productTopics(product, prefix).map(({ topic }) => [topic, [] as string[]]));
  for (const source of sourceTopics(product, topics)) {
    for (const record of await readToEnd(broker.kafkaFor("admin"), source)) {
      const partition = Number(textHeaders(record)["source-partition"] ?? 0);
      const made = cut(partition, record.key === null ? null : record.key.toString(), record);
      if (made === null || "reason" in made) continue;
      const value = typeof made.value === "string" ? made.value : Buffer.from(made.value).toString();
      for (const outlet of made.outlets) expected.get(outlet.topic)?.push(lineOf(record, value));
    }
  }
  for (const [topic, lines] of expected) {
    await expect.poll(() => countOf(topic), { timeout: 30_000, interval: 100 }).toBeGreaterThanOrEqual(lines.length);
    const found = (await readToEnd(broker.kafkaFor("admin"), topic)).map((record) =>
      lineOf(record, String(record.value)),
    );
    expect(byStream(found)).toEqual(byStream(lines));
  }
}

/** What must be the same. */
function lineOf(record: IncomingRecord, value: string): string {
  return JSON.stringify([record.key?.toString() ?? null, value, textHeaders(record)]);
}

/** Order is told within a symbol's stream of one source topic. */
function byStream(lines: readonly string[]) {
  return Map.groupBy(lines, (line) => {
    const [key, value, headers] = JSON.parse(line) as [string | null, string, Record<string, string>];
    return `${key} ${headers["source-partition"]} ${/"type":"(quote|trade|gap)"/.test(value) ? "enriched" : "candles"}`;
  });
}

function textHeaders(record: IncomingRecord | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(record?.headers ?? {}).map(([name, value]) => [name, value.toString()]));
}

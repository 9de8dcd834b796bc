import { setTimeout } from "node:timers/promises";
import { logLevel, Kafka as StockKafka } from "kafkajs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { partitionOf } from "../../domain/partition.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import { enricherConfig, runnerSettings } from "../../enricher/config.ts";
import { createTopology } from "../../enricher/topology.ts";
import { marketFold } from "../../enricher/unit/market-fold.ts";
import { startRunner } from "../../enricher/unit/runner.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import type { IncomingRecord } from "../../runtime/kafka/types.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";
import { allFolded } from "../support/all-folded.ts";
import { quietLog, startTestBroker, type TestBroker, topics } from "../support/broker.ts";
import { publishRaw } from "../support/publish-raw.ts";
import { at, quoteLine, referenceLine } from "../support/raw-lines.ts";
import { decodeText } from "../support/raw-log.ts";
import { readToEnd } from "../support/read-topic.ts";

const symbols = ["AAPL", "MSFT", "NVDA", "TSLA"];
let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(async () => {
  await broker.stop();
});

it("D2: a runner that takes over goes on as if the first had never stopped, and no raw record is left out", async () => {
  const lines = [
    ...symbols.map((symbol) => ({ symbol, text: referenceLine(symbol, "2024-07-11", 100, "2024-07-10") })),
    ...symbols.flatMap((symbol) => quotesOf(symbol, 0, 300)),
    { symbol: "AAPL", text: "not json" },
  ];
  await publishRaw(broker, lines);
  const first = await run();
  await allFolded(first.runner, broker);
  await first.runner.close();

  const more = symbols.flatMap((symbol) => quotesOf(symbol, 300, 300));
  await publishRaw(broker, more);
  const second = await run();
  await allFolded(second.runner, broker);
  await second.runner.close();

  const expected = folded([...lines, ...more]);
  const published = await readToEnd(broker.kafkaFor("admin"), topics.enriched);
  expect(valuesBySymbol(published)).toEqual(expected.enriched);
  const candles = await readToEnd(broker.kafkaFor("admin"), topics.candles);
  expect(valuesBySymbol(candles)).toEqual(expected.candles);
  // The second rebuilt its state from the log, and published nothing of it again.
  expect(second.metrics.get("enriched")).toBe(more.length);
});

it("D3: a dead letter has the bytes as they came, the reason, the stage, and where they came from", async () => {
  const [letter] = await readToEnd(broker.kafkaFor("admin"), topics.deadLetter);
  expect(letter?.value?.toString()).toBe("not json");
  expect(letter?.key?.toString()).toBe("AAPL");
  expect(textHeaders(letter)).toMatchObject({
    reason: "notJson",
    stage: "enricher",
    "source-partition": String(partitionOf("AAPL", defaultPartitions)),
    "source-index": "0",
    "received-time": "1720708200000000",
  });
});

it("D4: an output's headers name the raw record that caused it", async () => {
  const admin = await broker.kafkaFor("admin").admin();
  const logId = await admin.topicId(topics.raw);
  await admin.close();
  const records = await readToEnd(broker.kafkaFor("admin"), topics.enriched);
  for (const record of records) {
    const headers = textHeaders(record);
    expect(headers["log-id"]).toBe(logId);
    expect(Number(headers["source-offset"])).toBeGreaterThanOrEqual(0);
    expect(headers["enriched-time"]).toMatch(/^\d{16}$/);
  }
});

it("D1, D2: instances that come and go under load lose nothing and double nothing, and go on from snapshots", async () => {
  const often = { ENRICHER_UNIT_PARTITIONS: "4", SNAPSHOT_EVERY_RECORDS: "40", COMMIT_MAX_RECORDS: "50" };
  const first = await run(often);
  let part = 2;
  const publishPart = async () => {
    await publishRaw(
      broker,
      symbols.flatMap((symbol) => quotesOf(symbol, part * 100, 100)),
    );
    part++;
  };
  await publishPart();
  // Of each partition that has a symbol there is a snapshot now.
  await allFolded(first.runner, broker);
  let isEnough = false;
  const publishing = (async () => {
    while (!isEnough) {
      await publishPart();
      await setTimeout(20);
    }
  })();
  const before = first.metrics.get("transactions");
  await expect.poll(() => first.metrics.get("transactions"), { timeout: 30_000 }).toBeGreaterThan(before + 3);
  const second = await run(often);
  await expect.poll(() => second.metrics.get("transactions"), { timeout: 30_000 }).toBeGreaterThan(3);
  await first.runner.close();
  isEnough = true;
  await publishing;
  await allFolded(second.runner, broker);
  await second.runner.close();

  await expectExactlyOnce();
  const snapshots = await readToEnd(broker.kafkaFor("admin"), topics.state);
  expect(new Set(snapshots.map(({ key }) => String(key)))).toContain("#partition");
  // Each recovery folds again what came since the last snapshot, of the four partitions that have a symbol: not hundreds from the beginning.
  const { metrics } = second;
  expect(metrics.get("replayed")).toBeLessThanOrEqual(metrics.get("recoveries") * symbols.length * (40 + 50));
});

it("D1: a unit whose transactional id another takes over is dropped and dealt anew, and nothing is lost or doubled", async () => {
  const one = await run({ ENRICHER_UNIT_PARTITIONS: "12", COMMIT_MAX_RECORDS: "25" });
  const thefts = 6;
  for (let part = 0; part < thefts; part++) {
    await publishRaw(
      broker,
      symbols.flatMap((symbol) => quotesOf(symbol, part * 300, 300)),
    );
    // It has got over the theft before, holds the id again, and has most of these records still before it.
    await expect.poll(() => one.metrics.get("recoveries"), { timeout: 30_000, interval: 5 }).toBeGreaterThan(part);
    const thief = await broker.kafkaFor("enricher").transactionalSender("market.enricher-unit-0");
    await thief.close();
  }
  await publishRaw(
    broker,
    symbols.flatMap((symbol) => quotesOf(symbol, thefts * 300, 1)),
  );
  await allFolded(one.runner, broker);
  await one.runner.close();
  await expectExactlyOnce();
  // The first is of its assignment; each theft is found out by the next transaction.
  expect(one.metrics.get("recoveries")).toBeGreaterThan(thefts);
});

it("D1: a unit that grows with its topic begins anew with all its partitions, wherever the group deals it", async () => {
  const all = { ENRICHER_UNIT_PARTITIONS: "100" };
  const first = await run(all);
  await allFolded(first.runner, broker);
  await addPartitions(defaultPartitions + 1);
  const second = await run(all);
  const sender = await broker.kafkaFor("producer").sender();
  const record = { key: "AAPL", value: "not json", headers: { "received-time": "1720708200000000" } };
  await sender.send(topics.raw, [{ partition: defaultPartitions, ...record }]);
  await sender.close();
  const committed = () =>
    [first, second].flatMap(({ runner }) => runner.positions()).find((at) => at.partition === defaultPartitions);
  await expect.poll(committed, { timeout: 30_000 }).toMatchObject({ offset: 1 });
  await Promise.all([first.runner.close(), second.runner.close()]);
});

/** As an operator would, of all topics alike. */
async function addPartitions(count: number): Promise<void> {
  const { brokers, ca, users } = broker.server;
  const { username, password } = users.admin;
  const stock = new StockKafka({
    brokers: [...brokers],
    ssl: { ca: [ca] },
    sasl: { mechanism: "scram-sha-512", username, password },
    logLevel: logLevel.NOTHING,
  });
  const admin = stock.admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: Object.values(topics).map((topic) => ({ topic, count })) });
  await admin.disconnect();
}

/** What is published equals the fold of the raw log, and no source has an output twice. */
async function expectExactlyOnce(): Promise<void> {
  const raw = await readToEnd(broker.kafkaFor("admin"), topics.raw);
  const expected = folded(raw.map(({ key, value }) => ({ symbol: String(key), text: String(value) })));
  const published = await readToEnd(broker.kafkaFor("admin"), topics.enriched);
  expect(valuesBySymbol(published)).toEqual(expected.enriched);
  const places = published.map((record) => {
    const { "source-partition": partition, "source-offset": offset, "source-index": index } = textHeaders(record);
    return `${partition}/${offset}/${index}`;
  });
  expect(new Set(places).size).toBe(places.length);
}

function quotesOf(symbol: string, from: number, count: number) {
  return Array.from({ length: count }, (_, n) => ({
    symbol,
    text: quoteLine(symbol, at((from + n) * 0.7), 100 + ((from + n) % 13), 100.1 + ((from + n) % 13)),
  }));
}

async function run(variables: Readonly<Record<string, string>> = {}) {
  const kafka = broker.kafkaFor("enricher");
  const metrics = new Metrics();
  const id = await logId();
  const runner = await startRunner({
    kafka,
    fold: marketFold({ calendar: nyse, topics, logId: id }),
    topics,
    groupId: "market.enricher",
    logId: id,
    settings: runnerSettings(enricherConfig({ KAFKA_BROKERS: "unused:1", ...variables })),
    clock: systemClock,
    log: quietLog,
    metrics,
    onFailed: (error) => {
      throw error;
    },
  });
  return { runner, metrics };
}

async function logId(): Promise<string> {
  const admin = await broker.kafkaFor("enricher").admin();
  try {
    return await admin.topicId(topics.raw);
  } finally {
    await admin.close();
  }
}

function folded(lines: readonly { symbol: string; text: string }[]) {
  const topology = createTopology(nyse);
  const states = Array.from({ length: defaultPartitions }, () => topology.initial());
  const outputs = lines.flatMap(({ symbol, text }) => {
    const state = states[partitionOf(symbol, defaultPartitions)];
    return state === undefined ? [] : topology.fold(state, decodeText(text));
  });
  const of = (stream: "enriched" | "candles") =>
    bySymbol(
      outputs.flatMap((output) =>
        output.stream === stream ? [[String(output.key), String(Buffer.from(output.value))] as const] : [],
      ),
    );
  return { enriched: of("enriched"), candles: of("candles") };
}

function valuesBySymbol(records: readonly IncomingRecord[]) {
  return bySymbol(records.map((record) => [String(record.key), String(record.value)] as const));
}

function bySymbol(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const [symbol, value] of pairs) {
    values[symbol] ??= [];
    values[symbol].push(value);
  }
  return values;
}

function textHeaders(record: IncomingRecord | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(record?.headers ?? {}).map(([name, value]) => [name, value.toString()]));
}

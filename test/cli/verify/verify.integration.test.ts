import { isDeepStrictEqual } from "node:util";
import { type Admin, Kafka as KafkaClient, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { verify } from "../../../cli/verify/verify.ts";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { partitionOf } from "../../../domain/partition.ts";
import { defaultPartitions, publishedTopics } from "../../../domain/topics.ts";
import { enricherConfig, runnerSettings } from "../../../enricher/config.ts";
import type { PartitionState } from "../../../enricher/operators/state.ts";
import { marketFold } from "../../../enricher/unit/market-fold.ts";
import { Outbox } from "../../../enricher/unit/outbox.ts";
import type { PartitionFold } from "../../../enricher/unit/partition-fold.ts";
import { type Runner, startRunner } from "../../../enricher/unit/runner.ts";
import { systemClock } from "../../../runtime/clock/clock.ts";
import type { KafkaAdmin } from "../../../runtime/kafka/admin-types.ts";
import type { Kafka, OutgoingRecord, TopicPosition } from "../../../runtime/kafka/types.ts";
import { Metrics } from "../../../runtime/metrics/metrics.ts";
import { allFolded } from "../../support/all-folded.ts";
import { quietLog, startTestBroker, type TestBroker, topics } from "../../support/broker.ts";
import { outboxRecords } from "../../support/outbox-records.ts";
import { at, quoteLine, referenceLine } from "../../support/raw-lines.ts";
import { readToEnd } from "../../support/read-topic.ts";

type Plant = "missing" | "duplicated" | "different" | "otherKey" | "otherStage" | "otherReason" | "noPlace";

const symbols = ["AAPL", "MSFT"] as const;
const [aapl, msft] = symbols.map((symbol) => partitionOf(symbol, defaultPartitions)) as [number, number];
const dates = ["2024-07-10", "2024-07-11", "2024-07-12"] as const;
/** Faults of the enricher, by raw offset of AAPL's partition. */
const plants = new Map<number, Plant>();
let broker: TestBroker;
let stock: Admin;
let runner: Runner;

beforeAll(async () => {
  broker = await startTestBroker();
  const { server } = broker;
  const client = new KafkaClient({
    brokers: [...server.brokers],
    clientId: "test-retention",
    ssl: { ca: server.ca },
    sasl: { mechanism: "scram-sha-512", ...server.users.admin },
    logLevel: logLevel.NOTHING,
  });
  stock = client.admin();
  await stock.connect();
  runner = await startEnricher();
});
afterAll(async () => {
  await runner.close();
  await stock.disconnect();
  await broker.stop();
});

it("from the log's beginning, verify finds what the enricher left out", async () => {
  // It lies before the session snapshot that the next audits start from, and is not looked at there.
  plants.set(5, "missing");
  for (const date of dates) await publishSession(date, 0, 400);
  await allFolded(runner, broker);
  const report = await audit();
  expect(report).toMatchObject({ missing: 1, duplicated: 0, different: 0 });
  expect(report.topics[topics.enriched]?.first).toMatchObject({ kind: "missing", offset: 5, published: null });
  expect(startsOf(report)).toEqual([
    [aapl, { kind: "beginning", offset: 0, sessionDate: null }],
    [msft, { kind: "beginning", offset: 0, sessionDate: null }],
  ]);
});

it("D2: where the raw log's beginning is gone, verify starts from the earliest session snapshot behind it, beside a live enricher", async () => {
  const sessions = await sessionOffsets(aapl);
  expect([...sessions.keys()]).toEqual([...dates]);
  const second = sessions.get(dates[1]) ?? 0;
  await forget(topics.raw, aapl, second - 5);
  const publishing = publishSession(dates[2], 400, 300);
  const report = await audit();
  await publishing;

  expect(report).toMatchObject({ missing: 0, duplicated: 0, different: 0 });
  expect(startsOf(report)).toEqual([
    [aapl, { kind: "session", offset: second, sessionDate: dates[1] }],
    [msft, { kind: "beginning", offset: 0, sessionDate: null }],
  ]);
  const folded = report.partitions.reduce((sum, { start, to }) => sum + to - start.offset, 0);
  expect(report.rawRecords).toBe(folded);
  expect(report.topics[topics.candles]?.equal).toBeGreaterThan(0);
  expect(report.topics[topics.alerts]?.equal).toBeGreaterThan(0);
});

it("D1: outputs whose transaction is committed, and cannot be seen yet because one before them is open, are waited for", async () => {
  const kafka = broker.kafkaFor("admin");
  const holder = await kafka.transactionalSender("of-another");
  await holder.send(topics.enriched, [{ partition: aapl, key: "AAPL", value: "never shown", headers: {} }]);
  await publishSession(dates[2], 700, 100);
  await allFolded(runner, broker);
  const isShown = async () => isDeepStrictEqual(await ends(topics.enriched), await ends(topics.enriched, false));
  expect(await isShown()).toBe(false);
  // Who does not wait for it says so, and not that they are missing.
  await expect(audit(kafka, { decidedWithinMs: 0 })).rejects.toMatchObject({
    message: expect.stringContaining(`partition ${aapl} of ${topics.enriched} has been open since`),
  });
  let looks = 0;
  const looking = withAdmin((admin) => {
    const ask = admin.endOffsets.bind(admin);
    const endOffsets: KafkaAdmin["endOffsets"] = async (topic, options) => {
      const found = await ask(topic, options);
      if (topic === topics.enriched && options.readCommitted && ++looks === defaultPartitions + 1) await holder.abort();
      return found;
    };
    return { endOffsets };
  });
  expect(await audit(looking)).toMatchObject({ missing: 0, duplicated: 0, different: 0 });
  await holder.close();
});

it("what a compared topic has lost is not compared, and the others are compared from the start", async () => {
  await allFolded(runner, broker);
  const before = await audit();
  await forget(topics.enriched, aapl, 800);
  const [candlesEnd] = (await ends(topics.candles)).filter(({ partition }) => partition === aapl);
  await forget(topics.candles, aapl, candlesEnd?.offset ?? 0);
  const report = await audit();
  expect(report).toMatchObject({ missing: 0, duplicated: 0, different: 0 });
  const [audited] = report.partitions.filter(({ partition }) => partition === aapl);
  expect(audited?.comparedFrom).toEqual({ [topics.enriched]: expect.any(Number), [topics.candles]: null });
  expect(audited?.comparedFrom[topics.enriched]).toBeGreaterThan(audited?.start.offset ?? 0);
  expect(report.topics[topics.enriched]?.equal).toBeLessThan(before.topics[topics.enriched]?.equal ?? 0);
  expect(report.topics[topics.alerts]).toEqual(before.topics[topics.alerts]);
});

it("from a session snapshot, verify finds each fault planted behind it: a record left out, one doubled, a changed byte", async () => {
  const [end] = (await ends(topics.raw)).filter(({ partition }) => partition === aapl);
  const from = end?.offset ?? 0;
  const planted: readonly Plant[] = ["duplicated", "missing", "different"];
  for (const [n, plant] of planted.entries()) plants.set(from + 10 + 60 * n, plant);
  await publishSession(dates[2], 800, 200);
  await allFolded(runner, broker);
  const report = await audit();
  expect(report).toMatchObject({ missing: 1, duplicated: 1, different: 1 });
  expect(report.topics[topics.enriched]).toMatchObject({
    missing: 1,
    duplicated: 1,
    different: 1,
    first: { kind: "duplicated", offset: from + 10 },
  });
  expect(startsOf(report)[0]?.[1]).toMatchObject({ kind: "session", sessionDate: dates[1] });
});

it("D3, D4: verify finds another key, reason or stage beside an equal value, and a record that bears no place; the indexer's dead letters are passed over", async () => {
  const before = await audit();
  const [end] = (await ends(topics.raw)).filter(({ partition }) => partition === aapl);
  const from = end?.offset ?? 0;
  const planted: readonly Plant[] = ["otherKey", "otherStage", "noPlace"];
  for (const [n, plant] of planted.entries()) plants.set(from + 10 + 60 * n, plant);
  await publishSession(dates[2], 1000, 200);
  plants.set(from + 201, "otherReason");
  await publishLines([{ symbol: "AAPL", text: "not json" }]);
  await allFolded(runner, broker);
  const [candlesEnd] = (await ends(topics.candles)).filter(({ partition }) => partition === aapl);
  await publishBeside(topics.candles, "no one's", {});
  await publishBeside(topics.deadLetter, "not json", { reason: "notJson", stage: "indexer" });
  const report = await audit();

  const { missing, duplicated, different } = before;
  expect(report).toMatchObject({ missing: missing + 1, duplicated, different: different + 5 });
  const was = before.topics[topics.enriched]?.different ?? 0;
  expect(report.topics[topics.enriched]).toMatchObject({ missing: missing + 1, different: was + 3 });
  expect(report.topics[topics.deadLetter]).toEqual({
    equal: 0,
    missing: 0,
    duplicated: 0,
    different: 1,
    first: {
      kind: "different",
      partition: aapl,
      offset: from + 201,
      index: 0,
      publishedOffset: 0,
      part: "header reason",
      expected: "notJson",
      published: "badPrice",
    },
  });
  expect(report.topics[topics.candles]?.first).toEqual({
    kind: "different",
    partition: aapl,
    offset: null,
    index: null,
    publishedOffset: candlesEnd?.offset,
    part: null,
    expected: null,
    published: "no one's",
  });
});

it("a raw log that begins behind the last session snapshot is refused, and the error says how to mend it", async () => {
  const last = (await sessionOffsets(aapl)).get(dates[2]) ?? 0;
  await forget(topics.raw, aapl, last + 1);
  await expect(audit()).rejects.toMatchObject({
    code: "kafkaTopic",
    message: expect.stringContaining(`${topics.raw} partition ${aapl} is kept from offset ${last + 1} on`),
    remedy: expect.stringContaining("next session"),
  });
});

it("a partition of which no raw record is kept is told to be not audited; what bears no place is found all the same", async () => {
  for (const { partition, offset } of await ends(topics.raw)) await forget(topics.raw, partition, offset);
  const report = await audit();
  // What the tests before have published.
  const placeless = 2;
  expect(report).toMatchObject({ rawRecords: 0, equal: 0, missing: 0, duplicated: 0, different: placeless });
  expect(startsOf(report).map(([, { kind }]) => kind)).toEqual(["nothingKept", "nothingKept"]);
});

it("an audit of a group that has committed nothing is no audit", async () => {
  await expect(audit(withCommitted(() => []))).rejects.toMatchObject({ code: "kafkaFailed" });
});

it("D1: a partition that has outputs and no committed offset has lost it; one without outputs may only be new", async () => {
  const kafka = withCommitted((committed) => committed.filter(({ partition }) => partition !== aapl));
  const kinds = async () => startsOf(await audit(kafka)).map(([partition, { kind }]) => [partition, kind]);
  expect(await kinds()).toEqual([
    [aapl, "offsetLost"],
    [msft, "nothingKept"],
  ]);
  for (const topic of publishedTopics(topics)) {
    for (const { partition, offset } of await ends(topic)) if (partition === aapl) await forget(topic, aapl, offset);
  }
  expect(await kinds()).toEqual([
    [aapl, "notCommitted"],
    [msft, "nothingKept"],
  ]);
});

/** The broker as it would be had the group committed something else. */
function withCommitted(change: (committed: readonly TopicPosition[]) => readonly TopicPosition[]): Kafka {
  return withAdmin((admin) => {
    const ask = admin.committedOffsets.bind(admin);
    return { committedOffsets: async (...asked) => change(await ask(...asked)) };
  });
}

/** The broker, where some of what is asked of it is answered otherwise. */
function withAdmin(change: (admin: KafkaAdmin) => Partial<KafkaAdmin>): Kafka {
  const kafka = broker.kafkaFor("admin");
  return {
    ...kafka,
    async admin() {
      const admin = await kafka.admin();
      return Object.assign(admin, change(admin));
    },
  };
}

function audit(kafka = broker.kafkaFor("admin"), more: { readonly decidedWithinMs?: number } = {}) {
  const signal = new AbortController().signal;
  return verify({ kafka, prefix: "market.", signal, onProgress() {}, ...more });
}

function startsOf({ partitions }: Awaited<ReturnType<typeof audit>>) {
  return partitions
    .filter(({ partition }) => partition === aapl || partition === msft)
    .map(({ partition, start }) => [partition, start] as const)
    .sort(([a], [b]) => Number(a === msft) - Number(b === msft));
}

/** The raw offsets of the partition's session snapshots, by date. */
async function sessionOffsets(partition: number): Promise<ReadonlyMap<string, number>> {
  const records = await readToEnd(broker.kafkaFor("admin"), topics.state);
  const symbol = symbols.find((name) => partitionOf(name, defaultPartitions) === partition);
  const offsets = new Map<string, number>();
  for (const { key, value } of records) {
    const [name, date] = String(key).split("@");
    if (name === symbol && date !== undefined && value !== null) offsets.set(date, JSON.parse(String(value)).offset);
  }
  return offsets;
}

/** As retention does: the records before the offset are gone. */
async function forget(topic: string, partition: number, offset: number): Promise<void> {
  if (offset === 0) return;
  // Only a topic that the client has asked about can be cut.
  await stock.fetchTopicOffsets(topic);
  await stock.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
}

async function ends(topic: string, readCommitted = true) {
  const admin = await broker.kafkaFor("admin").admin();
  try {
    return await admin.endOffsets(topic, { readCommitted });
  } finally {
    await admin.close();
  }
}

async function publishSession(date: string, from: number, count: number): Promise<void> {
  await publishLines(sessionLines(date, from, count));
}

interface RawLine {
  readonly symbol: string;
  readonly text: string;
}

function sessionLines(date: string, from: number, count: number): readonly RawLine[] {
  return symbols.flatMap((symbol) => [
    { symbol, text: referenceLine(symbol, date, 100, "2024-07-09") },
    ...Array.from({ length: count }, (_, n) => {
      const mid = 100 + ((from + n) % 13);
      return { symbol, text: quoteLine(symbol, at((from + n) * 0.7, date), mid, mid + 0.1) };
    }),
  ]);
}

async function publishLines(lines: readonly RawLine[]): Promise<void> {
  const records = lines.map(
    ({ symbol, text }): OutgoingRecord => ({
      partition: partitionOf(symbol, defaultPartitions),
      key: symbol,
      value: text,
      headers: { "received-time": "1720708200000000" },
    }),
  );
  const sender = await broker.kafkaFor("producer").sender();
  await sender.send(topics.raw, records);
  await sender.close();
}

/** On AAPL's partition of a topic, past the enricher. */
async function publishBeside(topic: string, value: string, headers: OutgoingRecord["headers"]): Promise<void> {
  const sender = await broker.kafkaFor("admin").sender();
  await sender.send(topic, [{ partition: aapl, key: "AAPL", value, headers }]);
  await sender.close();
}

/** The real enricher, with many small transactions and snapshots, and the planted faults. */
async function startEnricher(): Promise<Runner> {
  const kafka = broker.kafkaFor("enricher");
  const admin = await kafka.admin();
  const logId = await admin.topicId(topics.raw);
  await admin.close();
  const variables = { KAFKA_BROKERS: "unused:1", SNAPSHOT_EVERY_RECORDS: "40", COMMIT_MAX_RECORDS: "50" };
  return startRunner({
    kafka,
    fold: withPlants(marketFold({ calendar: nyse, topics, logId })),
    topics,
    groupId: "market.enricher",
    logId,
    settings: runnerSettings(enricherConfig(variables)),
    clock: systemClock,
    log: quietLog,
    metrics: new Metrics(),
    onFailed: (error) => {
      throw error;
    },
  });
}

function withPlants(fold: PartitionFold<PartitionState>): PartitionFold<PartitionState> {
  return {
    ...fold,
    fold(state, partition, record, sink) {
      const plant = partition === aapl ? plants.get(record.offset) : undefined;
      if (plant === undefined || sink.outbox === null) return fold.fold(state, partition, record, sink);
      const outbox = new Outbox(Number(sink.outbox.enrichedTime));
      fold.fold(state, partition, record, { touched: sink.touched, outbox });
      for (const [topic, records] of outboxRecords(outbox)) {
        const isSpoilt = topic === topics.enriched || topic === topics.deadLetter;
        const sent = isSpoilt ? records.flatMap((each) => spoilt(each, plant)) : records;
        for (const each of sent) sink.outbox.add(topic, each);
      }
    },
  };
}

function spoilt(record: OutgoingRecord, plant: Plant): readonly OutgoingRecord[] {
  const { headers } = record;
  switch (plant) {
    case "missing":
      return [];
    case "duplicated":
      return [record, record];
    case "different":
      return [{ ...record, value: String(record.value).replace('"bidSize":1', '"bidSize":9') }];
    case "otherKey":
      return [{ ...record, key: "TSLA" }];
    case "otherStage":
      return [{ ...record, headers: { ...headers, stage: "indexer" } }];
    case "otherReason":
      return [{ ...record, headers: { ...headers, reason: "badPrice" } }];
    case "noPlace": {
      const { "source-offset": _, ...rest } = headers;
      return [{ ...record, headers: rest }];
    }
    default:
      return plant satisfies never;
  }
}

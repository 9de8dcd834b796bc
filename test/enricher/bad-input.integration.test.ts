import { afterAll, beforeAll, expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import type { RejectReason } from "../../domain/messages/reject-reason.ts";
import { enricherConfig, runnerSettings } from "../../enricher/config.ts";
import { marketFold } from "../../enricher/unit/market-fold.ts";
import { startRunner } from "../../enricher/unit/runner.ts";
import { seededRandom } from "../../local/simulator/random.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import { tooLate, within } from "../../runtime/clock/within.ts";
import type { IncomingBatch, Kafka, PartitionReadOptions } from "../../runtime/kafka/types.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";
import { startLoad } from "../../scripts/chaos/load.ts";
import { quietLog, startTestBroker, type TestBroker, topics } from "../support/broker.ts";
import { at, quoteLine } from "../support/raw-lines.ts";
import { readToEnd } from "../support/read-topic.ts";
import { expectExactlyOnce, publishValues, startEnricher } from "./bad-input-enricher.ts";

const patience = { timeout: 30_000, interval: 50 };
let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(async () => {
  await broker.stop();
});

const good = JSON.parse(quoteLine("AAPL", at(0), 100, 100.1)) as Record<string, unknown>;
const quote = (other: Record<string, unknown>) => JSON.stringify({ ...good, ...other });

const poison: readonly (readonly [RejectReason, string | Buffer | null])[] = [
  ["notJson", "not json"],
  ["notJson", Buffer.from([0xff, 0xfe, 0x00, 0x7b])],
  ["notJson", null],
  ["notJson", ""],
  ["notJson", '{"T":"q","S":"AAPL"'],
  ["notObject", "[1,2]"],
  ["notObject", "42"],
  ["notObject", "null"],
  ["unknownType", '{"T":"zz","S":"AAPL"}'],
  ["missingField", '{"S":"AAPL"}'],
  ["missingField", quote({ bp: undefined })],
  ["badPrice", quote({ bp: -1 })],
  ["badPrice", quote({ ap: 10_000_001 })],
  ["badPrice", quote({ bp: "100" })],
  ["badSize", quote({ bs: 1.5 })],
  ["badTime", quote({ t: "yesterday" })],
  ["futureTime", quote({ t: "2090-01-03T15:00:00Z" })],
  ["tooLarge", quote({ filler: "x".repeat(600 * 1024) })],
];

it("D3, W8: poison of every kind under load is dead-lettered as it came, with its reason, counted, and the feed goes on", async () => {
  const enricher = startEnricher(broker);
  const sender = await broker.kafkaFor("producer").sender();
  const load = startLoad({ sender, topic: topics.raw, quotesPerSecond: 1000, random: seededRandom(1) });
  // A partition's first heartbeat must have been folded, for before it no time is from the future.
  await expect.poll(() => enricher.counted("candles"), patience).toBeGreaterThan(0);
  await publishValues(
    broker,
    poison.map(([, value]) => value),
  );
  await expect.poll(() => enricher.counted("deadLettered.tooLarge"), patience).toBe(1);
  const before = enricher.counted("enriched");
  await expect.poll(() => enricher.counted("enriched"), patience).toBeGreaterThan(before);
  const { quotes } = await load.stop();
  await sender.close();

  const found = await expectExactlyOnce(broker);
  expect(found.equal).toBeGreaterThan(quotes);
  const letters = await readToEnd(broker.kafkaFor("admin"), topics.deadLetter);
  const mine = letters.filter(({ key }) => key?.toString() === "AAPL");
  expect(mine.map(({ headers }) => String(headers["reason"]))).toEqual(poison.map(([reason]) => reason));
  for (const [index, [, value]] of poison.entries()) {
    const expected = typeof value === "string" ? Buffer.from(value) : value;
    expect(mine[index]?.value).toEqual(expected);
  }
  for (const [reason, count] of Object.entries(countsOf(poison.map(([kind]) => kind)))) {
    // The load has a poison record of its own now and then.
    const counted = enricher.counted(`deadLettered.${reason}`);
    if (reason === "notJson") expect(counted).toBeGreaterThanOrEqual(count);
    else expect(counted).toBe(count);
  }
  expect(await enricher.stop()).toBe(0);
});

it("D1: an instance that is told to stop while a unit cannot recover ends at once, and does not wait for that unit", async () => {
  const kafka = broker.kafkaFor("enricher");
  const isReading = Promise.withResolvers<void>();
  const isHandedOver = Promise.withResolvers<void>();
  const neverRecovers: Kafka = {
    ...kafka,
    reader: ({ onBatch, ...options }) => {
      const handle = (batch: IncomingBatch) => {
        isHandedOver.resolve();
        return onBatch(batch);
      };
      return kafka.reader({ ...options, onBatch: handle });
    },
    readPartition: (options) =>
      options.topic === topics.state ? silence(options, isReading.resolve) : kafka.readPartition(options),
  };
  const admin = await kafka.admin();
  const logId = await admin.topicId(topics.raw);
  await admin.close();
  const runner = await startRunner({
    kafka: neverRecovers,
    fold: marketFold({ calendar: nyse, topics, logId }),
    topics,
    groupId: "market.enricher",
    logId,
    settings: runnerSettings(enricherConfig({ KAFKA_BROKERS: "unused:1" })),
    clock: systemClock,
    log: quietLog,
    metrics: new Metrics(),
    onFailed: (error) => {
      throw error;
    },
  });
  await isReading.promise;
  await publishValues(broker, [quoteLine("AAPL", at(0), 100, 100.1)]);
  // What the group's reader hands over the unit cannot take yet.
  await isHandedOver.promise;
  // Sooner than the five seconds after which a unit that is not ready has its batch taken back.
  expect(await within(runner.close(), 4900)).not.toBe(tooLate);
});

it("a topic with another number of partitions than the raw topic is refused at the start, with what to do about it", async () => {
  const admin = await broker.kafkaFor("admin").admin();
  const specs = Object.values(topics).map((topic) => ({
    topic: topic.replace("market.", "wrong."),
    partitions: 3,
    configs: {},
  }));
  await admin.ensureTopics(specs.map((spec) => (spec.topic === "wrong.raw" ? { ...spec, partitions: 4 } : spec)));
  await admin.close();
  const { username, password } = broker.server.users.admin;
  const enricher = startEnricher(broker, {
    TOPIC_PREFIX: "wrong.",
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  });
  expect(await enricher.ended).toBe(1);
  expect(enricher.said()).toContain("wrong.enriched has 3 partitions, and wrong.raw has 4.");
  expect(enricher.said()).toContain("Make the topic again");
});

/** A read that gives nothing until it is ended. */
async function* silence({ signal }: PartitionReadOptions, onRead: () => void): AsyncGenerator<never> {
  onRead();
  await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
}

function countsOf(reasons: readonly RejectReason[]): Partial<Record<RejectReason, number>> {
  const counts: Partial<Record<RejectReason, number>> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

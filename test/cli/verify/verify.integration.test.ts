import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultPartitions, publishedTopics } from "../../../domain/topics.ts";
import type { KafkaAdmin } from "../../../runtime/kafka/admin-types.ts";
import { topics } from "../../support/broker.ts";
import { AuditedPipeline, aapl, msft, startsOf } from "./audited-pipeline.ts";
import type { Plant } from "./planted-faults.ts";

const dates = ["2024-07-10", "2024-07-11", "2024-07-12"] as const;
let pipeline: AuditedPipeline;

beforeAll(async () => {
  pipeline = await AuditedPipeline.start();
});
afterAll(async () => {
  await pipeline.stop();
});

it("from the log's beginning, verify finds what the enricher left out", async () => {
  // It lies before the session snapshot that the next audits start from, and is not looked at there.
  pipeline.plants.set(5, "missing");
  for (const date of dates) await pipeline.publishSession(date, 0, 400);
  await pipeline.allFolded();
  const report = await pipeline.audit();
  expect(report).toMatchObject({ missing: 1, duplicated: 0, different: 0 });
  expect(report.topics[topics.enriched]?.first).toMatchObject({ kind: "missing", offset: 5, published: null });
  expect(startsOf(report)).toEqual([
    [aapl, { kind: "beginning", offset: 0, sessionDate: null }],
    [msft, { kind: "beginning", offset: 0, sessionDate: null }],
  ]);
});

it("D2: where the raw log's beginning is gone, verify starts from the earliest session snapshot behind it, beside a live enricher", async () => {
  const sessions = await pipeline.sessionOffsets(aapl);
  expect([...sessions.keys()]).toEqual([...dates]);
  const second = sessions.get(dates[1]) ?? 0;
  await pipeline.forget(topics.raw, aapl, second - 5);
  const publishing = pipeline.publishSession(dates[2], 400, 300);
  const report = await pipeline.audit();
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
  const kafka = pipeline.broker.kafkaFor("admin");
  const holder = await kafka.transactionalSender("of-another");
  await holder.send(topics.enriched, [{ partition: aapl, key: "AAPL", value: "never shown", headers: {} }]);
  await pipeline.publishSession(dates[2], 700, 100);
  await pipeline.allFolded();
  const isShown = async () =>
    isDeepStrictEqual(await pipeline.ends(topics.enriched), await pipeline.ends(topics.enriched, false));
  expect(await isShown()).toBe(false);
  // Who does not wait for it says so, and not that they are missing.
  await expect(pipeline.audit(kafka, { decidedWithinMs: 0 })).rejects.toMatchObject({
    message: expect.stringContaining(`partition ${aapl} of ${topics.enriched} has been open since`),
  });
  let looks = 0;
  const looking = pipeline.withAdmin((admin) => {
    const ask = admin.endOffsets.bind(admin);
    const endOffsets: KafkaAdmin["endOffsets"] = async (topic, options) => {
      const found = await ask(topic, options);
      if (topic === topics.enriched && options.readCommitted && ++looks === defaultPartitions + 1) await holder.abort();
      return found;
    };
    return { endOffsets };
  });
  expect(await pipeline.audit(looking)).toMatchObject({ missing: 0, duplicated: 0, different: 0 });
  await holder.close();
});

it("what a compared topic has lost is not compared, and the others are compared from the start", async () => {
  await pipeline.allFolded();
  const before = await pipeline.audit();
  await pipeline.forget(topics.enriched, aapl, 800);
  const candlesEnd = await pipeline.endOf(topics.candles);
  await pipeline.forget(topics.candles, aapl, candlesEnd);
  const report = await pipeline.audit();
  expect(report).toMatchObject({ missing: 0, duplicated: 0, different: 0 });
  const [audited] = report.partitions.filter(({ partition }) => partition === aapl);
  expect(audited?.comparedFrom).toEqual({ [topics.enriched]: expect.any(Number), [topics.candles]: null });
  expect(audited?.comparedFrom[topics.enriched]).toBeGreaterThan(audited?.start.offset ?? 0);
  expect(report.topics[topics.enriched]?.equal).toBeLessThan(before.topics[topics.enriched]?.equal ?? 0);
  expect(report.topics[topics.alerts]).toEqual(before.topics[topics.alerts]);
});

it("from a session snapshot, verify finds each fault planted behind it: a record left out, one doubled, a changed byte", async () => {
  const from = await pipeline.endOf(topics.raw);
  const planted: readonly Plant[] = ["duplicated", "missing", "different"];
  for (const [n, plant] of planted.entries()) pipeline.plants.set(from + 10 + 60 * n, plant);
  await pipeline.publishSession(dates[2], 800, 200);
  await pipeline.allFolded();
  const report = await pipeline.audit();
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
  const before = await pipeline.audit();
  const from = await pipeline.endOf(topics.raw);
  const planted: readonly Plant[] = ["otherKey", "otherStage", "noPlace"];
  for (const [n, plant] of planted.entries()) pipeline.plants.set(from + 10 + 60 * n, plant);
  await pipeline.publishSession(dates[2], 1000, 200);
  pipeline.plants.set(from + 201, "otherReason");
  await pipeline.publishLines([{ symbol: "AAPL", text: "not json" }]);
  await pipeline.allFolded();
  const candlesEnd = await pipeline.endOf(topics.candles);
  await pipeline.publishBeside(topics.candles, "no one's", {});
  await pipeline.publishBeside(topics.deadLetter, "not json", { reason: "notJson", stage: "indexer" });
  const report = await pipeline.audit();

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
    publishedOffset: candlesEnd,
    part: null,
    expected: null,
    published: "no one's",
  });
});

it("a raw log that begins behind the last session snapshot is refused, and the error says how to mend it", async () => {
  const last = (await pipeline.sessionOffsets(aapl)).get(dates[2]) ?? 0;
  await pipeline.forget(topics.raw, aapl, last + 1);
  await expect(pipeline.audit()).rejects.toMatchObject({
    code: "kafkaTopic",
    message: expect.stringContaining(`${topics.raw} partition ${aapl} is kept from offset ${last + 1} on`),
    remedy: expect.stringContaining("next session"),
  });
});

it("a partition of which no raw record is kept is told to be not audited; what bears no place is found all the same", async () => {
  for (const { partition, offset } of await pipeline.ends(topics.raw))
    await pipeline.forget(topics.raw, partition, offset);
  const report = await pipeline.audit();
  // What the tests before have published.
  const placeless = 2;
  expect(report).toMatchObject({ rawRecords: 0, equal: 0, missing: 0, duplicated: 0, different: placeless });
  expect(startsOf(report).map(([, { kind }]) => kind)).toEqual(["nothingKept", "nothingKept"]);
});

it("an audit of a group that has committed nothing is no audit", async () => {
  await expect(pipeline.audit(pipeline.withCommitted(() => []))).rejects.toMatchObject({ code: "kafkaFailed" });
});

it("D1: a partition that has outputs and no committed offset has lost it; one without outputs may only be new", async () => {
  const kafka = pipeline.withCommitted((committed) => committed.filter(({ partition }) => partition !== aapl));
  const kinds = async () => startsOf(await pipeline.audit(kafka)).map(([partition, { kind }]) => [partition, kind]);
  expect(await kinds()).toEqual([
    [aapl, "offsetLost"],
    [msft, "nothingKept"],
  ]);
  for (const topic of publishedTopics(topics)) {
    for (const { partition, offset } of await pipeline.ends(topic))
      if (partition === aapl) await pipeline.forget(topic, aapl, offset);
  }
  expect(await kinds()).toEqual([
    [aapl, "notCommitted"],
    [msft, "nothingKept"],
  ]);
});

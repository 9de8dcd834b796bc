import { afterAll, beforeAll, expect, it } from "vitest";
import { openSearchFailures } from "../../../../cli/verify/opensearch/failures.ts";
import { partitionOf } from "../../../../domain/partition.ts";
import { otherValues, quoteValue } from "../../../indexer/records.ts";
import { bellwether } from "../../../support/bellwether.ts";
import { topics } from "../../../support/broker.ts";
import { logId, type Picture, StoredFeed, sumsOf } from "./stored-feed.ts";

let feed: StoredFeed;
/** What the first run stored. */
let stored: readonly Picture[] = [];
const clean = { missing: 0, unexpected: 0, different: 0 };
const quotes = "market-quotes-2018.01.03";
const nextQuotes = "market-quotes-2018.01.04";
const symbols = ["AAPL", "MSFT", "BRK-B"] as const;

beforeAll(async () => {
  feed = await StoredFeed.start();
});
afterAll(async () => {
  await feed.stop();
});

it("what is not indexed at all is no audit", async () => {
  await feed.publishQuotes("2018-01-03", 600);
  await expect(feed.audit()).rejects.toMatchObject({ code: "kafkaFailed" });
});

it("D4: every kind that the indexer has stored is found equal, the highest revision of a candle among them; what it dead-lettered is told", async () => {
  await feed.publishQuotes("2018-01-04", 300);
  await feed.publish(
    topics.enriched,
    1,
    otherValues.filter((value) => !value.includes('"alert"')),
  );
  await feed.publish(
    topics.alerts,
    1,
    otherValues.filter((value) => value.includes('"alert"')),
  );
  for (const revision of [0, 1, 2]) {
    for (const symbol of symbols) await feed.publishCandle(symbol, "2018-01-03T15:00:00Z", revision);
  }
  await feed.publish(topics.deadLetter, 5, ["not json", "{"], { reason: "notJson", stage: "enricher" });
  // The one cannot be made a document of, the other is refused by the mapping: both come back as dead letters.
  const refused = quoteValue("2018-01-04T15:00:00Z").replace('"bidPrice":156', '"bidPrice":"cheap"');
  await feed.publish(topics.enriched, 7, ['{"type":"unheardOf"}', refused]);
  await feed.indexAll();
  const report = await feed.audit();
  const documents = 600 + 300 + otherValues.length + symbols.length + 4;
  expect(sumsOf(report)).toEqual({ ...clean, onTopics: documents, equal: documents });
  expect(report.notJudged).toEqual({
    ahead: 0,
    deadLettered: 2,
    pastRetention: 0,
    older: 0,
    otherLogs: 0,
    changing: 0,
  });
  expect(report.indices.find(({ index }) => index === quotes)).toMatchObject({
    onTopics: 600,
    stored: 600,
    equal: 600,
  });
  expect(openSearchFailures(report)).toEqual([]);
  expect(report).toMatchObject({ first: {}, sampled: null, notCommitted: [] });
});

it("a partition that the indexer has committed nothing of is told only where it holds a record, and not where all it holds are marks of transactions", async () => {
  const sender = await feed.broker.kafkaFor("admin").transactionalSender(`${topics.alerts}-marks`, {});
  await sender.send(topics.alerts, [{ partition: 3, key: null, value: "given up", headers: {} }]);
  await sender.abort();
  await sender.close();
  expect(await feed.audit()).toMatchObject({ notCommitted: [] });
});

it("D4: reading every topic from the beginning again leaves every document and every count as it was", async () => {
  stored = await feed.pictures();
  const before = await feed.audit();
  await feed.forgetOffsets();
  await feed.indexAll();
  // Refused records are refused again: their letters are the only new ones, and have the ids of those before.
  const again = await feed.pictures();
  expect(again).toEqual(stored);
  const after = await feed.audit();
  expect(after.indices).toEqual(before.indices);
  expect(sumsOf(after)).toMatchObject(clean);
});

it("a sample compares the same documents each time, and counts all", async () => {
  const first = await feed.audit({ sample: 100 });
  expect(first.sampled).toBeGreaterThan(50);
  expect(first.sampled).toBeLessThan(300);
  expect(first).toMatchObject({ ...clean, equal: first.sampled });
  expect(first.indices.map(({ index, onTopics, stored }) => ({ index, onTopics, stored }))).toEqual(
    (await feed.audit()).indices.map(({ index, onTopics, stored }) => ({ index, onTopics, stored })),
  );
  expect(await feed.audit({ sample: 100 })).toEqual(first);
});

it("finds each fault that is planted: a document gone, two on no topic, two of another source, one of a version that never was", async () => {
  const [gone, changed, bumped] = [some(quotes, 3), some(quotes, 50), some(nextQuotes, 7)];
  await feed.remove(gone.index, gone.id);
  await feed.plant(quotes, `${logId}-3-999999-0`, gone.source);
  // The same document in the index of another day.
  await feed.plant(nextQuotes, changed.id, { ...changed.source });
  await feed.plant(changed.index, changed.id, { ...changed.source, bidSize: 4 });
  const letter = some("market-dead-letters-", 1);
  await feed.plant(letter.index, letter.id, { ...letter.source, reason: "tooLarge" });
  await feed.plant(bumped.index, bumped.id, bumped.source, 2);
  const report = await feed.audit();
  expect(sumsOf(report)).toMatchObject({ missing: 1, unexpected: 2, different: 3 });
  expect(report.first.missing).toMatchObject({ index: gone.index, id: gone.id, stored: null, expectedVersion: 1 });
  expect(JSON.parse(report.first.missing?.expected ?? "")).toMatchObject({ bidPrice: gone.source.bidPrice });
  expect(report.first.unexpected).toMatchObject({ index: quotes, id: `${logId}-3-999999-0`, expected: null });
  expect(report.first.different).toMatchObject({
    index: letter.index,
    id: letter.id,
    place: { topic: topics.deadLetter },
  });
  expect(openSearchFailures(report)).toEqual(["What is stored is not what the topics hold."]);
  expect(report.indices.find(({ index }) => index === nextQuotes)).toMatchObject({ unexpected: 1, different: 1 });
  // By their numbers alone a sample finds what one by one it may not see: in one index what is gone and what is too many even out.
  expect(await feed.audit({ sample: 10 })).toMatchObject({ unexpected: 1 });
  await restore(
    [changed, letter, bumped],
    [
      [quotes, `${logId}-3-999999-0`],
      [nextQuotes, changed.id],
    ],
  );
});

it("D4: an older revision of a candle, and documents that were never written, are found where the indexer claims to have stored them", async () => {
  await feed.publishCandle("AAPL", "2018-01-03T15:00:00Z", 3);
  await feed.publishCandle("MSFT", "2018-01-03T15:01:00Z", 0);
  await feed.publishQuotes("2018-01-06", 24);
  expect(await feed.audit()).toMatchObject({ ...clean, notJudged: { ahead: 25 } });
  await feed.claimAll();
  const report = await feed.audit();
  expect(sumsOf(report)).toMatchObject({ missing: 25, unexpected: 0, different: 1 });
  expect(report.first.different).toMatchObject({ expectedVersion: 4, storedVersion: 3 });
  expect(report.indices.find(({ index }) => index === "market-quotes-2018.01.06")).toMatchObject({ missing: 24 });
  expect(await feed.audit({ sample: 10 })).toMatchObject({ missing: 25 });
});

it("reading every topic from the beginning mends what was missing and old", async () => {
  await feed.forgetOffsets();
  await feed.indexAll();
  expect(sumsOf(await feed.audit())).toMatchObject(clean);
});

it("beside an indexer and an enricher that go on, nothing is missing or unexpected", async () => {
  const indexer = await feed.startIndexer();
  let isEnough = false;
  const publishing = (async () => {
    for (let revision = 4; !isEnough; revision++) {
      await feed.publishQuotes("2018-01-07", 60);
      await feed.publishCandle("AAPL", "2018-01-03T15:00:00Z", revision);
    }
  })();
  for (let n = 0; n < 2; n++) expect(sumsOf(await feed.audit())).toMatchObject(clean);
  expect(sumsOf(await feed.audit({ sample: 100 }))).toMatchObject(clean);
  isEnough = true;
  await publishing;
  await feed.untilIndexed(indexer);
  await indexer.close();
  const report = await feed.audit();
  expect(report).toMatchObject({ ...clean, notJudged: { ahead: 0, changing: 0 } });
  expect(report.equal).toBe(report.onTopics);
});

it("days past the retention are left out on both sides, and counted", async () => {
  const report = await feed.audit({ isExpired: (index) => index === quotes });
  expect(report).toMatchObject({ ...clean, notJudged: { pastRetention: 1200 } });
  expect(report.indices.some(({ index }) => index === quotes)).toBe(false);
  await feed.openSearch.request({ method: "DELETE", path: `/${quotes}` });
  expect(await feed.audit({ isExpired: (index) => index === quotes })).toMatchObject({
    ...clean,
    notJudged: { pastRetention: 600 },
  });
  expect(sumsOf(await feed.audit())).toMatchObject({ missing: 600 });
  await feed.forgetOffsets();
  await feed.indexAll();
});

it("what is older than the topics still keep is not judged, and what is planted behind that is found", async () => {
  for (let partition = 0; partition < 12; partition++) await feed.cut(topics.enriched, partition, 50);
  await feed.cut(topics.candles, partitionOf("AAPL", 12), 1);
  await feed.plant(quotes, `${logId}-3-10-7`, some(quotes, 0).source);
  await feed.plant(quotes, `${logId.toLowerCase()}-3-10-0`, some(quotes, 0).source);
  const report = await feed.audit();
  expect(report).toMatchObject(clean);
  expect(report.notJudged.older).toBeGreaterThan(600);
  await feed.plant(nextQuotes, `${logId}-3-999999-0`, some(quotes, 0).source);
  expect(sumsOf(await feed.audit())).toMatchObject({ missing: 0, unexpected: 1, different: 0 });
});

it("the command needs no more than the indexer's own rights, and its exit code says what it found", async () => {
  const { brokers, caFile, users } = feed.broker.server;
  const environment = {
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TLS_CA: caFile,
    KAFKA_SASL_USERNAME: users.indexer.username,
    KAFKA_SASL_PASSWORD: users.indexer.password,
    OPENSEARCH_URL: feed.url,
  };
  const found = await bellwether(["verify", "--opensearch"], environment);
  expect(found).toMatchObject({ code: 1, stderr: "" });
  expect(found.stdout).toContain("first unexpected: market-quotes-2018.01.04/");
  expect(found.stdout).toContain("failed: What is stored is not what the topics hold.");
  await feed.remove(nextQuotes, `${logId}-3-999999-0`);
  const clean = await bellwether(["verify", "--opensearch", "--sample", "50", "--json"], environment);
  expect(clean.code).toBe(0);
  expect(JSON.parse(clean.stdout)).toMatchObject({ missing: 0, unexpected: 0, different: 0, failures: [] });
  expect((await bellwether(["verify", "--sample", "50"], environment)).code).toBe(2);
});

function some(index: string, at: number): Picture {
  const found = stored.filter((each) => each.index.startsWith(index))[at];
  if (found === undefined) throw new Error(`nothing was stored in ${index}`);
  return found;
}

/** Takes the planted faults out again; what is gone comes back by reading the topics from the beginning. */
async function restore(pictures: readonly Picture[], extra: readonly (readonly [string, string])[]): Promise<void> {
  for (const [index, id] of extra) await feed.remove(index, id);
  for (const { index, id } of pictures) await feed.remove(index, id);
  await feed.put(`/${quotes},${nextQuotes},market-dead-letters-*/_settings`, { "index.gc_deletes": "0s" });
  await feed.openSearch.request({ method: "POST", path: "/market-*/_refresh" });
  await feed.forgetOffsets();
  await feed.indexAll();
  expect(sumsOf(await feed.audit())).toMatchObject(clean);
}

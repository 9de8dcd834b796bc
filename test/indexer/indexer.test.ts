import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PipelineError } from "../../domain/errors.ts";
import { topicNames } from "../../domain/topics.ts";
import type { BulkLimits } from "../../indexer/bulk-writer.ts";
import type { TopicPosition } from "../../runtime/kafka/types.ts";
import { createFakeKafka, type FakeKafka } from "./fake-kafka.ts";
import { type FakeOpenSearch, type FakeOptions, startFakeOpenSearch } from "./fake-open-search.ts";
import { startTestIndexer, type TestIndexer } from "./indexer-under-test.ts";
import { incoming, quoteValue } from "./records.ts";

const topics = topicNames("market.");

describe("the indexer", () => {
  let kafka: FakeKafka;
  let openSearch: FakeOpenSearch;
  let indexer: TestIndexer;

  beforeEach(() => {
    kafka = createFakeKafka({ batchSize: () => 10 });
  });
  afterEach(async () => {
    await indexer.close();
    await openSearch.close();
  });

  async function start(options: FakeOptions, limits: Partial<BulkLimits> = {}): Promise<void> {
    openSearch = await startFakeOpenSearch(options);
    indexer = await startTestIndexer(kafka, openSearch.url, limits);
  }

  function appendQuotes(count: number): void {
    for (let n = 0; n < count; n++) {
      const value = quoteValue("2018-01-03T15:00:00Z", n);
      kafka.append(topics.enriched, 0, [incoming(value, { "source-offset": String(n) })]);
    }
  }

  it("D5: an outage holds the reader at a bounded number of documents, and all are stored after it", async () => {
    let isDown = true;
    appendQuotes(500);
    await start({ behaviour: () => (isDown ? 503 : "answer") }, { documentsMax: 7, requestsInFlightMax: 2 });
    await indexer.until(() => openSearch.requests.length >= 40);
    expect(indexer.indexer.positions()).toMatchObject([{ offset: 0 }]);
    expect(kafka.committed.size).toBe(0);
    isDown = false;
    await indexer.until(() => indexer.dealtWithAll(kafka));
    expect(openSearch.held.size).toBe(500);
    expect(indexer.metrics.snapshot().counts).toMatchObject({ documents: 500, quotes: 500 });
    expect(indexer.metrics.get("retries")).toBeGreaterThan(0);
  });

  it("D5: an outage is told of once in a while, not at each attempt, and so is its end", async () => {
    let isDown = true;
    appendQuotes(10);
    await start({ behaviour: () => (isDown ? "hangUpBefore" : "answer") });
    await indexer.until(() => openSearch.requests.length >= 20);
    isDown = false;
    await indexer.until(() => indexer.dealtWithAll(kafka));
    expect(indexer.logged.filter((line) => line.includes("warn"))).toHaveLength(1);
    expect(indexer.logged.join("")).toContain(`OpenSearch at ${openSearch.url} cannot be reached`);
    expect(indexer.logged.filter((line) => line.includes("takes documents again"))).toHaveLength(1);
  });

  it("refused credentials stop it, with a line that says what to mend, and nothing is committed", async () => {
    appendQuotes(10);
    await start({ behaviour: () => 401 });
    const stopped = indexer.until(() => false);
    await expect(stopped).rejects.toBeInstanceOf(PipelineError);
    await expect(stopped).rejects.toMatchObject({ code: "openSearchRejected", retriable: false });
    await expect(stopped).rejects.toMatchObject({ line: expect.stringContaining("OPENSEARCH_PASSWORD") });
    expect(indexer.failures).toHaveLength(1);
    expect(kafka.committed.size).toBe(0);
  });

  it("D3: a document that is too large even alone goes to the dead-letter topic, bytes and headers as they came", async () => {
    appendQuotes(20);
    const long = quoteValue("2018-01-03T15:00:00Z").replace('"tape":"A"', `"tape":"${"A".repeat(5000)}"`);
    kafka.append(topics.enriched, 0, [incoming(long, { "source-offset": "20" })]);
    await start({ behaviour: (_, __, bytes) => (bytes > 5000 ? 413 : "answer") });
    await indexer.until(() => indexer.dealtWithAll(kafka));
    expect(openSearch.held.size).toBe(20);
    expect(kafka.sent.map(({ topic }) => topic)).toEqual([topics.deadLetter]);
    const letter = kafka.sent[0]?.record;
    expect(String(letter?.value)).toBe(long);
    expect(String(letter?.key)).toBe("XXX");
    expect(letter?.headers).toMatchObject({ reason: "notIndexable", stage: "indexer" });
    expect(String(letter?.headers["source-offset"])).toBe("20");
  });

  it("a dead letter is indexed, and one that OpenSearch refuses is not sent round again", async () => {
    kafka.append(topics.deadLetter, 2, [incoming("{", { reason: "notJson", stage: "enricher" })]);
    kafka.append(topics.deadLetter, 2, [incoming("x", { reason: "poison", stage: "enricher", "source-offset": "42" })]);
    await start({});
    await indexer.until(() => indexer.dealtWithAll(kafka));
    expect([...openSearch.held.keys()]).toEqual(["market-dead-letters-2026.01.02/LOGidLOGidLOGidLOGid00-3-41-0"]);
    expect(kafka.sent).toEqual([]);
    expect(indexer.metrics.snapshot().counts).toMatchObject({ deadLetters: 1, deadLettersNotIndexed: 1 });
  });

  it("writing everything twice changes nothing, and says so", async () => {
    appendQuotes(50);
    await start({});
    await indexer.until(() => indexer.dealtWithAll(kafka));
    await indexer.close();
    const again = createFakeKafka({ batchSize: () => 10 });
    kafka = again;
    appendQuotes(50);
    indexer = await startTestIndexer(again, openSearch.url);
    await indexer.until(() => indexer.dealtWithAll(again));
    expect(openSearch.held.size).toBe(50);
    expect(indexer.metrics.snapshot().counts).toMatchObject({ documents: 50, alreadyApplied: 50 });
  });

  it("D5: from the beginning, what somebody deleted is stored again, and a rebalance goes on from there", async () => {
    let newest = 0;
    const onCommit = (positions: readonly TopicPosition[]) => {
      newest = positions[0]?.offset ?? newest;
    };
    kafka = createFakeKafka({ batchSize: () => 10, onCommit });
    appendQuotes(50);
    await start({});
    await indexer.until(() => indexer.dealtWithAll(kafka));
    await indexer.close();
    newest = 0;
    openSearch.held.delete([...openSearch.held.keys()][0] ?? "");
    const connection = { url: openSearch.url, basicAuth: null, ca: undefined };
    indexer = await startTestIndexer(kafka, openSearch.url, {}, undefined, connection, undefined, true);
    await indexer.until(() => openSearch.held.size === 50 && indexer.metrics.get("documents") === 50);
    expect(indexer.metrics.get("alreadyApplied")).toBe(49);
    await indexer.until(() => newest === 50);
    await kafka.reassign();
    appendQuotes(60);
    await indexer.until(() => indexer.dealtWithAll(kafka));
    expect(indexer.metrics.get("documents")).toBe(50 + 60);
  });

  it("closing in an outage ends soon, commits nothing that is not stored, and is no failure", async () => {
    appendQuotes(500);
    await start({ behaviour: () => "hangUpBefore" }, { documentsMax: 5 });
    await indexer.until(() => openSearch.requests.length >= 5);
    await indexer.close();
    expect(kafka.committed.size).toBe(0);
    expect(indexer.failures).toEqual([]);
  });
});

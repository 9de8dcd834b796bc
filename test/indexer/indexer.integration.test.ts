import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { topicNames } from "../../domain/topics.ts";
import { defaultBackoff } from "../../indexer/backoff.ts";
import { installTemplates } from "../../indexer/install-templates.ts";
import { RetryLog } from "../../indexer/retry-log.ts";
import { templatesOf } from "../../indexer/templates.ts";
import { type RunningOpenSearch, startOpenSearch } from "../../local/opensearch/start-opensearch.ts";
import { freePort } from "../../local/process/ports.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import { createLog } from "../../runtime/log/log.ts";
import { createOpenSearch } from "../../runtime/opensearch/client.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";
import { describeBackpressure } from "./backpressure-on-open-search.ts";
import { createFakeKafka, type FakeKafka } from "./fake-kafka.ts";
import { sleep, startTestIndexer } from "./indexer-under-test.ts";
import { candleValue, incoming, otherValues, quoteValue } from "./records.ts";

const topics = topicNames("market.");

/** Runs an indexer over a log until all of it is dealt with. */
async function indexAll(url: string, fill: (kafka: FakeKafka) => void) {
  const kafka = createFakeKafka({ batchSize: () => 100 });
  fill(kafka);
  const indexer = await startTestIndexer(kafka, url);
  await indexer.until(() => indexer.dealtWithAll(kafka));
  await indexer.close();
  return { kafka, metrics: indexer.metrics.snapshot().counts };
}

describe("the indexer on a real OpenSearch", () => {
  let server: RunningOpenSearch;
  let openSearch: OpenSearch;
  const logged: string[] = [];

  beforeAll(async () => {
    const port = await freePort();
    openSearch = createOpenSearch({ url: `http://127.0.0.1:${port}`, basicAuth: null, ca: undefined });
    const log = createLog({
      stage: "indexer",
      level: "debug",
      format: "text",
      now: () => new Date(),
      write: (line) => void logged.push(line),
    });
    const started = startOpenSearch({ environment: process.env, port });
    // The templates are put while the node is still coming up.
    const installed = installTemplates(
      templatesOf({ indexPrefix: "market-", shards: 1, replicas: 0, refreshMs: 1000 }),
      {
        openSearch,
        log,
        retryLog: new RetryLog(log, systemClock),
        backoff: { ...defaultBackoff, maxMs: 500 },
        random: Math.random,
        sleep,
        signal: new AbortController().signal,
      },
    );
    [server] = await Promise.all([started, installed]);
  });
  afterAll(async () => {
    await openSearch?.close();
    await server?.stop();
  });

  async function search(index: string, body: object): Promise<{ total: number; sources: unknown[] }> {
    await openSearch.request({ method: "POST", path: `/${index}/_refresh` });
    const answer = await openSearch.request({
      method: "POST",
      path: `/${index}/_search`,
      body: { size: 100, ...body },
    });
    const { hits } = answer as { hits: { total: { value: number }; hits: { _source: unknown }[] } };
    return { total: hits.total.value, sources: hits.hits.map(({ _source }) => _source) };
  }

  it("D5: a node that is not up yet is waited for, and both the waiting and its end are told of", () => {
    expect(logged[0]).toContain("waiting for OpenSearch, nothing is lost");
    expect(logged.at(-1)).toContain("takes documents again");
  });

  it("D4: one value of every kind is taken by its template, and the same again changes nothing", async () => {
    const fill = (kafka: FakeKafka) => {
      const values = [
        quoteValue("2018-01-04T15:00:00.123456789Z"),
        candleValue("2018-01-04T15:00:00Z", 0),
        ...otherValues,
      ];
      kafka.append(
        topics.enriched,
        1,
        values.map((value, at) => incoming(value, { "source-index": String(at) })),
      );
      kafka.append(topics.deadLetter, 1, [
        incoming("{", { reason: "notJson", stage: "enricher", "source-index": "99" }),
      ]);
    };
    const first = await indexAll(openSearch.url, fill);
    expect(first.metrics).toMatchObject({ documents: 9, deadLetters: 1, quotes: 1, candles: 1 });
    expect(first.kafka.sent).toEqual([]);
    const before = await search("market-*", {});
    const second = await indexAll(openSearch.url, fill);
    expect(second.metrics).toMatchObject({ documents: 9, alreadyApplied: 9 });
    const after = await search("market-*", {});
    expect(before.total).toBe(9);
    expect(after).toEqual(before);
  });

  it("a quote can be found by its indicator, by a time to the nanosecond, and by a running window's value", async () => {
    const found = await search("market-quotes-2018.01.04", {
      query: {
        bool: {
          filter: [
            { term: { indicator: "Neutral" } },
            { range: { eventTime: { gte: "2018-01-04T15:00:00.123456789Z", lte: "2018-01-04T15:00:00.123456789Z" } } },
            { range: { "windows.5m.close": { gt: 156.004, lt: 156.006 } } },
          ],
        },
      },
    });
    expect(found.sources).toEqual([JSON.parse(quoteValue("2018-01-04T15:00:00.123456789Z"))]);
  });

  it("D4: a candle's later revision replaces it, and an older one that comes late does not", async () => {
    const start = "2018-01-05T15:00:00Z";
    await indexAll(openSearch.url, (kafka) =>
      kafka.append(topics.candles, 0, [
        incoming(candleValue(start, 0, 1)),
        incoming(candleValue(start, 2, 3)),
        incoming(candleValue(start, 1, 2)),
      ]),
    );
    const { sources } = await search("market-candles-2018.01.05", {});
    expect(sources).toEqual([JSON.parse(candleValue(start, 2, 3))]);
  });

  it("D3: what the mapping refuses goes to the dead-letter topic, and the rest of its request is stored", async () => {
    const good = quoteValue("2018-01-06T15:00:00Z");
    const bad = [
      good.replace('"bidPrice":156', '"bidPrice":"cheap"'),
      good.replace('"bidPrice":156', '"unheardOf":1,"bidPrice":156'),
      good.replace('"2018-01-06T15:00:00Z"', '"2018-01-06T25:00:00Z"'),
      good.replace('"1m":{', '"1m":{"unheardOf":1,'),
      good.slice(0, -1),
    ];
    const { kafka, metrics } = await indexAll(openSearch.url, (log) =>
      log.append(
        topics.enriched,
        0,
        [good, ...bad].map((value, at) => incoming(value, { "source-index": String(at) })),
      ),
    );
    expect(metrics).toMatchObject({ documents: 1, deadLettered: 5 });
    expect(kafka.sent.map(({ record }) => String(record.value))).toEqual(bad);
    expect(new Set(kafka.sent.map(({ record }) => record.headers.reason))).toEqual(new Set(["notIndexable"]));
    expect((await search("market-quotes-2018.01.06", {})).total).toBe(1);
  });

  it("windows of any interval are taken, each with the fields that windows have", async () => {
    const value = quoteValue("2018-01-07T15:00:00Z").replace('"5m":{', '"30s":{');
    await indexAll(openSearch.url, (kafka) => kafka.append(topics.enriched, 0, [incoming(value)]));
    const found = await search("market-quotes-2018.01.07", {
      query: { range: { "windows.30s.open": { gt: 156.01 } } },
    });
    expect(found.total).toBe(1);
  });

  it("D5: a cluster at its limit of shards makes the indexer wait, and nothing is dead-lettered", async () => {
    const limit = (shards: number | null) =>
      openSearch.request({
        method: "PUT",
        path: "/_cluster/settings",
        body: { transient: { "cluster.max_shards_per_node": shards } },
      });
    await limit(1);
    const kafka = createFakeKafka({ batchSize: () => 100 });
    kafka.append(topics.enriched, 0, [incoming(quoteValue("2018-01-08T15:00:00Z"))]);
    const indexer = await startTestIndexer(kafka, openSearch.url);
    await indexer.until(() => indexer.metrics.get("retries") >= 3);
    await limit(null);
    await indexer.until(() => indexer.dealtWithAll(kafka));
    await indexer.close();
    expect(kafka.sent).toEqual([]);
    expect((await search("market-quotes-2018.01.08", {})).total).toBe(1);
  });

  describeBackpressure(() => openSearch);

  it("putting the templates again changes nothing and adds new fields to indices that are there", async () => {
    const signal = new AbortController().signal;
    const log = createLog({
      stage: "i",
      level: "warn",
      format: "text",
      now: () => new Date(),
      write: (l) => void logged.push(l),
    });
    const shared = {
      openSearch,
      log,
      retryLog: new RetryLog(log, systemClock),
      backoff: defaultBackoff,
      random: Math.random,
      sleep,
      signal,
    };
    const lines = logged.length;
    const templates = templatesOf({ indexPrefix: "market-", shards: 1, replicas: 0, refreshMs: 1000 });
    const indices = templates.indices.map((template) => {
      const mappings = { ...template.mappings, properties: { addedLater: { type: "keyword" } } };
      return template.name === "market-quotes" ? { ...template, mappings } : template;
    });
    const newer = { ...templates, indices };
    expect(await installTemplates(newer, shared)).toBe(true);
    expect(logged.slice(lines)).toEqual([]);
    const mapping = await openSearch.request({
      method: "GET",
      path: "/market-quotes-2018.01.06/_mapping/field/addedLater",
    });
    expect(JSON.stringify(mapping)).toContain('"keyword"');
  });
});

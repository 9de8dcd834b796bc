import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { topicNames } from "../../domain/topics.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";
import { createFakeKafka, type FakeKafka } from "./fake-kafka.ts";
import { startTestIndexer, type TestIndexer } from "./indexer-under-test.ts";
import { type OpenSearchProxy, startOpenSearchProxy } from "./open-search-proxy.ts";
import { incoming, quoteValue } from "./records.ts";

const topics = topicNames("market.");
const partitions = 3;
const quotes = 1500;
const limits = { documentsMax: 100, requestsInFlightMax: 4 };
/** How late a slow answer comes, by the indexer's clock. */
const slowMs = 8000;

/** Backpressure and outages on a real OpenSearch (D5). Each test writes to days of its own. */
export function describeBackpressure(openSearch: () => OpenSearch): void {
  describe("under backpressure", () => {
    let kafka: FakeKafka;
    let proxy: OpenSearchProxy;
    let indexer: TestIndexer;
    let lateMs = 0;

    beforeEach(async () => {
      kafka = createFakeKafka({ batchSize: () => 500 });
      proxy = await startOpenSearchProxy(openSearch().url, () => {
        lateMs += slowMs;
      });
    });
    afterEach(async () => {
      await indexer.close();
      await proxy.close();
    });

    /** Quotes of a day over all partitions. */
    function append(day: string, count: number, from = 0): void {
      for (let n = from; n < from + count; n++) {
        const partition = n % partitions;
        const headers = { "source-partition": String(partition), "source-offset": String(n) };
        kafka.append(topics.enriched, partition, [incoming(quoteValue(`${day}T15:00:00Z`), headers)]);
      }
    }

    async function stored(day: string): Promise<number> {
      const index = `market-quotes-${day.replaceAll("-", ".")}`;
      await openSearch().request({ method: "POST", path: `/${index}/_refresh` });
      const answer = await openSearch().request({ method: "GET", path: `/${index}/_count` });
      return (answer as { count: number }).count;
    }

    const pace = () => {
      const { requestsAtOnce, documentsPerRequest } = indexer.indexer.snapshot().gauges;
      return [requestsAtOnce, documentsPerRequest];
    };

    it("D5: a 429 makes it ask for less, down to one small request at a time, and all is stored once it ends", async () => {
      append("2018-02-01", quotes);
      proxy.mode = 429;
      indexer = await startTestIndexer(kafka, proxy.url, limits);
      await indexer.until(() => pace()[1] === 50);
      expect(pace()).toEqual([1, 50]);
      const refused = proxy.requests.length;
      await indexer.until(() => proxy.requests.length >= refused + 5);
      for (const { documents, atOnce } of proxy.requests.slice(refused + 1)) {
        expect(documents).toBe(50);
        expect(atOnce).toBe(1);
      }
      expect(kafka.committed.size).toBe(0);
      proxy.mode = "pass";
      await indexer.until(() => indexer.dealtWithAll(kafka));
      expect(await stored("2018-02-01")).toBe(quotes);
      expect(kafka.sent).toEqual([]);
    });

    it("D5: slow answers make it ask for less too, and quick ones for more again, up to what it began with", async () => {
      append("2018-02-02", quotes);
      proxy.mode = "slow";
      const nowMicros = () => systemClock.nowMicros() + lateMs * 1000;
      indexer = await startTestIndexer(kafka, proxy.url, limits, undefined, undefined, nowMicros);
      await indexer.until(() => indexer.dealtWithAll(kafka) || pace()[1] === 50);
      expect(pace()).toEqual([1, 50]);
      proxy.mode = "pass";
      // As many more as it takes.
      for (let from = quotes; pace()[0] !== limits.requestsInFlightMax; from += quotes) {
        append("2018-02-02", quotes, from);
        await indexer.until(() => indexer.dealtWithAll(kafka));
      }
      expect(pace()).toEqual([limits.requestsInFlightMax, limits.documentsMax]);
      expect(indexer.metrics.get("retries")).toBe(0);
      expect(proxy.requests.every(({ atOnce }) => atOnce <= limits.requestsInFlightMax)).toBe(true);
    });

    it("D5: while a node is away one request at a time asks for it, offsets stand still, and it goes on by itself", async () => {
      append("2018-02-03", quotes);
      proxy.mode = "down";
      indexer = await startTestIndexer(kafka, proxy.url, limits);
      await indexer.until(() => proxy.requests.length >= 30);
      expect(proxy.requests.slice(10).every(({ atOnce }) => atOnce === 1)).toBe(true);
      expect(indexer.indexer.positions().every(({ offset }) => offset === 0)).toBe(true);
      expect(kafka.committed.size).toBe(0);
      proxy.mode = "pass";
      await indexer.until(() => indexer.dealtWithAll(kafka));
      expect(await stored("2018-02-03")).toBe(quotes);
    });

    it("D5: an index that a full disk has made read-only is waited for: nothing is dead-lettered, other days go on", async () => {
      const path = "/market-quotes-2018.02.04/_settings";
      const block = (value: true | null) =>
        openSearch().request({ method: "PUT", path, body: { "index.blocks.read_only_allow_delete": value } });
      append("2018-02-04", 3);
      indexer = await startTestIndexer(kafka, proxy.url, limits);
      await indexer.until(() => indexer.dealtWithAll(kafka));
      await block(true);
      append("2018-02-04", 30, 3);
      append("2018-02-05", 30, 33);
      await indexer.until(() => indexer.metrics.get("retries") >= 100 && indexer.metrics.get("documents") === 33);
      expect(await stored("2018-02-05")).toBe(30);
      expect([...kafka.committed.values()]).toEqual([1, 1, 1]);
      expect(indexer.logged.join("")).toContain("Make room on OpenSearch's disks");
      await block(null);
      await indexer.until(() => indexer.dealtWithAll(kafka));
      expect(await stored("2018-02-04")).toBe(33);
      expect(kafka.sent).toEqual([]);
      expect(indexer.failures).toEqual([]);
    });

    it("D3: a partition of nothing but documents that no mapping takes does not hold up the others, nor itself", async () => {
      const bad = quoteValue("2018-02-06T15:00:00Z").replace('"bidPrice":156', '"bidPrice":{"dollars":156}');
      for (let n = 0; n < 300; n++) {
        kafka.append(topics.enriched, partitions, [incoming(bad, { "source-offset": String(n) })]);
      }
      append("2018-02-06", 300);
      indexer = await startTestIndexer(kafka, proxy.url, limits);
      await indexer.until(() => indexer.dealtWithAll(kafka));
      await indexer.close();
      expect(await stored("2018-02-06")).toBe(300);
      expect(kafka.sent).toHaveLength(300);
      expect(new Set(kafka.sent.map(({ record }) => record.headers.reason))).toEqual(new Set(["notIndexable"]));
      expect(kafka.committed.get(`${topics.enriched}/${partitions}`)).toBe(300);
      expect(indexer.metrics.snapshot().counts).toMatchObject({ documents: 300, deadLettered: 300 });
    });
  });
}

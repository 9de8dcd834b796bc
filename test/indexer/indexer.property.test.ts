import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topicNames } from "../../domain/topics.ts";
import type { IncomingRecord, TopicPosition } from "../../runtime/kafka/types.ts";
import { createFakeKafka, type FakeKafka } from "./fake-kafka.ts";
import { type Behaviour, type FakeOpenSearch, type ItemBehaviour, startFakeOpenSearch } from "./fake-open-search.ts";
import { startTestIndexer } from "./indexer-under-test.ts";
import { candleValue, incoming, quoteValue } from "./records.ts";

const topics = topicNames("market.");
const partitions = 3;

/** The n-th record of a partition: mostly quotes, some poisoned, some that are no JSON, and one candle with its revisions. */
function recordAt(partition: number, n: number, poisonEvery: number): Omit<IncomingRecord, "offset"> {
  const headers = { "source-partition": String(partition), "source-offset": String(n) };
  if (n % poisonEvery === 3) return incoming(quoteValue("2018-01-03T15:00:00Z").replace('"XXX"', '"poison"'), headers);
  if (n % poisonEvery === 5) return incoming("{", headers);
  if (n % 7 === 2) return incoming(candleValue(`2018-01-03T15:0${partition}:00Z`, n), headers);
  return incoming(quoteValue("2018-01-03T15:00:00.5Z", n), headers);
}

const script = fc.array(fc.constantFrom<Behaviour>("answer", "answer", 429, 503, 413, "hangUpBefore", "hangUpAfter"), {
  maxLength: 30,
});
const itemScript = fc.array(fc.constantFrom<ItemBehaviour>("take", "take", "take", 429, 503), { maxLength: 100 });

const scenario = fc.record({
  records: fc.integer({ min: 1, max: 120 }),
  batchSize: fc.integer({ min: 1, max: 40 }),
  documentsMax: fc.integer({ min: 1, max: 25 }),
  bytesMax: fc.integer({ min: 1000, max: 10_000 }),
  requestsInFlightMax: fc.integer({ min: 1, max: 3 }),
  poisonEvery: fc.integer({ min: 6, max: 40 }),
  rebalanceAt: fc.integer({ min: 0, max: 20 }),
  script,
  itemScript,
});

/** True where the record's effect is there: stored in its or a later version, or a dead letter. */
function dealtWith(openSearch: FakeOpenSearch, kafka: FakeKafka, record: Omit<IncomingRecord, "offset">): boolean {
  const value = record.value?.toString() ?? "";
  const offset = record.headers["source-offset"]?.toString();
  const partition = record.headers["source-partition"]?.toString();
  if (value === "{" || value.includes('"poison"')) {
    return kafka.sent.some(
      ({ record: { headers } }) =>
        String(headers["source-offset"]) === offset && String(headers["source-partition"]) === partition,
    );
  }
  const fields = JSON.parse(value);
  const logId = record.headers["log-id"];
  return fields.type === "candle"
    ? (openSearch.held.get(`market-candles-2018.01.03/${logId}-XXX-1m-${fields.start}`)?.version ?? 0) > fields.revision
    : openSearch.held.get(`market-quotes-2018.01.03/${logId}-${partition}-${offset}-0`)?.source === value;
}

describe("the indexer against an OpenSearch that fails in every way", () => {
  it("D4, D5: each document is stored once, and no offset passes one that is not", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        let item = 0;
        const openSearch = await startFakeOpenSearch({
          // A single document is never too large here, so that none is rejected for it.
          behaviour: (request, documents) => {
            const behaviour = given.script[request] ?? "answer";
            return behaviour === 413 && documents === 1 ? "answer" : behaviour;
          },
          item: () => given.itemScript[item++] ?? "take",
        });
        const all = Array.from({ length: partitions }, (_, partition) =>
          Array.from({ length: given.records }, (_, n) => recordAt(partition, n, given.poisonEvery)),
        );
        const breaches: string[] = [];
        const check = (positions: readonly TopicPosition[]) => {
          for (const { partition, offset } of positions) {
            const at = all[partition]?.slice(0, offset).findIndex((record) => !dealtWith(openSearch, kafka, record));
            if (at !== -1) breaches.push(`${partition}/${offset} is given as dealt with, but ${at} is not stored`);
          }
        };
        const kafka = createFakeKafka({ batchSize: () => given.batchSize, onCommit: check });
        for (const [partition, records] of all.entries()) kafka.append(topics.enriched, partition, records);
        const { requestsInFlightMax, documentsMax, bytesMax } = given;
        const indexer = await startTestIndexer(kafka, openSearch.url, { documentsMax, bytesMax, requestsInFlightMax });
        try {
          const reached = () => openSearch.requests.length >= given.rebalanceAt;
          await indexer.until(() => reached() || indexer.dealtWithAll(kafka));
          await kafka.reassign();
          await indexer.until(() => {
            check(indexer.indexer.positions());
            return indexer.dealtWithAll(kafka);
          });
        } finally {
          await indexer.close();
          await openSearch.close();
        }
        expect(breaches).toEqual([]);
        for (const record of all.flat()) expect(dealtWith(openSearch, kafka, record)).toBe(true);
        expect(Math.max(...openSearch.takes.values())).toBe(1);
        expect(openSearch.requestsAtOnceMax).toBeLessThanOrEqual(requestsInFlightMax);
        for (const { bytes, documents } of openSearch.requests) {
          expect(documents).toBeLessThanOrEqual(documentsMax);
          if (documents > 1) expect(bytes).toBeLessThanOrEqual(bytesMax);
        }
        expect([...kafka.committed.values()]).toEqual(Array.from({ length: partitions }, () => given.records));
      }),
      { numRuns: 40 },
    );
  });
});

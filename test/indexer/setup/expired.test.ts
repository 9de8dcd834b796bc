import { expect, it } from "vitest";
import { topicNames } from "../../../domain/topics.ts";
import { createIsExpired } from "../../../indexer/setup/expired.ts";
import { createFakeKafka } from "../fake-kafka.ts";
import { startFakeOpenSearch } from "../fake-open-search.ts";
import { startTestIndexer } from "../indexer-under-test.ts";
import { incoming, quoteValue } from "../records.ts";

const nowMs = () => Date.parse("2018-02-04T00:00:00Z");

it("records of days past the retention are left out and counted, and the offsets pass them", async () => {
  const openSearch = await startFakeOpenSearch();
  const kafka = createFakeKafka({ batchSize: () => 10 });
  const values = ["2018-01-03T23:59:59Z", "2018-01-04T23:59:59Z", "2018-01-05T00:00:00Z"].map((time) =>
    quoteValue(time),
  );
  kafka.append(
    topicNames("market.").enriched,
    0,
    values.map((value, at) => incoming(value, { "source-index": String(at) })),
  );
  const indexer = await startTestIndexer(kafka, openSearch.url, {}, createIsExpired("market-", 30, nowMs));
  await indexer.until(() => indexer.dealtWithAll(kafka));
  await indexer.close();
  await openSearch.close();
  expect([...openSearch.held.keys()].map((key) => key.split("/")[0])).toEqual(["market-quotes-2018.01.05"]);
  expect(indexer.metrics.get("pastRetention")).toBe(2);
  expect(kafka.sent).toEqual([]);
});

it("without a retention nothing is past it", () => {
  expect(createIsExpired("market-", null, nowMs)("market-quotes-1970.01.01")).toBe(false);
});

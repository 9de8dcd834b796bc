import { expect, it, onTestFinished } from "vitest";
import { metricsLine } from "../../runtime/metrics/metrics-line.ts";
import { createFakeKafka } from "./fake-kafka.ts";
import { startFakeOpenSearch } from "./fake-open-search.ts";
import { startTestIndexer } from "./indexer-under-test.ts";

it("the indexer's pace and lag are told in each line as they are, and not as what they have grown by", async () => {
  const openSearch = await startFakeOpenSearch({});
  const limits = { requestsInFlightMax: 2, documentsMax: 70 };
  const { indexer, close } = await startTestIndexer(createFakeKafka({ batchSize: () => 10 }), openSearch.url, limits);
  onTestFinished(async () => {
    await close();
    await openSearch.close();
  });
  const metrics = indexer.snapshot();
  const report = { stage: "indexer", state: "running", metrics, positions: [], prices: [] } as const;
  const gauges = { inFlight: 0, requestsAtOnce: 2, documentsPerRequest: 70, lag: 0 };
  expect(metricsLine(report, report, 0)).toEqual({ state: "running", ...gauges });
});

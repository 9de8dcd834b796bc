import { setTimeout as delay } from "node:timers/promises";
import { topicNames } from "../../domain/topics.ts";
import type { BulkLimits } from "../../indexer/bulk-writer.ts";
import { Indexer } from "../../indexer/indexer.ts";
import { RetryLog } from "../../indexer/retry-log.ts";
import type { IsExpired } from "../../indexer/setup/expired.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import type { Kafka } from "../../runtime/kafka/types.ts";
import { createLog } from "../../runtime/log/log.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";
import { createOpenSearch } from "../../runtime/opensearch/client.ts";
import type { OpenSearchConnection } from "../../runtime/opensearch/types.ts";
import type { FakeKafka } from "./fake-kafka.ts";

export interface TestIndexer {
  readonly indexer: Indexer;
  readonly metrics: Metrics;
  readonly logged: string[];
  readonly failures: Error[];
  /** Waits for a condition. @throws what the indexer failed with */
  until(condition: () => boolean): Promise<void>;
  /** True where the reported positions have reached the ends of all partitions. */
  dealtWithAll(kafka: FakeKafka): boolean;
  close(): Promise<void>;
}

export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}

/** An indexer as `main.ts` makes it, but with quick waits. */
export async function startTestIndexer(
  kafka: Kafka,
  url: string,
  limits: Partial<BulkLimits> = {},
  isExpired: IsExpired = () => false,
  connection: OpenSearchConnection = { url, basicAuth: null, ca: undefined },
  nowMicros = () => systemClock.nowMicros(),
  fromBeginning = false,
): Promise<TestIndexer> {
  const logged: string[] = [];
  const log = createLog({
    stage: "indexer",
    level: "debug",
    format: "text",
    now: () => new Date(),
    write: (line) => void logged.push(line),
  });
  const metrics = new Metrics();
  const failures: Error[] = [];
  const openSearch = createOpenSearch(connection);
  const indexer = await Indexer.start({
    kafka,
    openSearch,
    topics: topicNames("market."),
    groupId: "market.indexer",
    indexPrefix: "market-",
    limits: { documentsMax: 5000, bytesMax: 5_000_000, lingerMs: 5, requestsInFlightMax: 2, ...limits },
    backoff: { firstMs: 1, maxMs: 8 },
    commitEveryMs: 2,
    drainMsMax: 50,
    log,
    retryLog: new RetryLog(log, systemClock),
    metrics,
    random: Math.random,
    nowMicros,
    isExpired,
    fromBeginning,
    sleep,
    onFailed: (error) => void failures.push(error),
  });
  return {
    indexer,
    metrics,
    logged,
    failures,
    async until(condition) {
      while (!condition()) {
        if (failures[0] !== undefined) throw failures[0];
        await delay(2);
      }
    },
    dealtWithAll(ofKafka) {
      const positions = new Map(indexer.positions().map((at) => [`${at.topic}/${at.partition}`, at.offset]));
      return [...ofKafka.ends()].every(([key, end]) => positions.get(key) === end);
    },
    async close() {
      await indexer.close();
      await openSearch.close();
    },
  };
}

import { topicNames } from "../domain/topics.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import { pause } from "../runtime/clock/pause.ts";
import { kafkaConnection } from "../runtime/kafka/connection.ts";
import { createKafka } from "../runtime/kafka/kafka.ts";
import type { Log } from "../runtime/log/log.ts";
import { Metrics } from "../runtime/metrics/metrics.ts";
import { reportRegularly } from "../runtime/metrics/report.ts";
import { createOpenSearch } from "../runtime/opensearch/client.ts";
import { openSearchConnection } from "../runtime/opensearch/connection.ts";
import type { Shutdown } from "../runtime/shutdown/shutdown.ts";
import { defaultBackoff } from "./backoff.ts";
import type { IndexerConfig } from "./config.ts";
import { indexPrefixOf } from "./index-names.ts";
import { Indexer } from "./indexer.ts";
import { installTemplates } from "./install-templates.ts";
import { RetryLog } from "./retry-log.ts";
import { templateSettingsOf } from "./setup/config.ts";
import { createIsExpired } from "./setup/expired.ts";
import { tidyRegularly } from "./setup/tidy.ts";
import { keepHeapSmall } from "./small-heap.ts";
import { templatesOf } from "./templates.ts";

export interface IndexerDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly shutdown: Shutdown;
}

/**
 * Runs the indexer until it is told to stop. An OpenSearch that is away, now or later, is waited for (D5).
 * @throws PipelineError where Kafka cannot be used, or OpenSearch refuses this user
 */
export async function runIndexer(config: IndexerConfig, { log, clock, shutdown }: IndexerDeps): Promise<void> {
  keepHeapSmall();
  const openSearch = createOpenSearch(await openSearchConnection(config));
  const metrics = new Metrics();
  const failed = Promise.withResolvers<never>();
  // It may fail while it still starts, when nobody waits for it yet.
  failed.promise.catch(() => {});
  let indexer: Indexer | null = null;
  let tidying: Promise<void> | null = null;
  const tidyingEnds = new AbortController();
  const report = reportRegularly(
    () => ({
      stage: "indexer",
      state: indexer === null ? "starting" : "running",
      metrics: indexer?.snapshot() ?? metrics.snapshot(),
      positions: indexer?.positions() ?? [],
      prices: [],
    }),
    { log, clock, everySeconds: config.LOG_METRICS_SECONDS },
  );
  const shared = {
    openSearch,
    log,
    retryLog: new RetryLog(log, clock),
    backoff: defaultBackoff,
    random: Math.random,
    sleep: pause,
  };
  const indexPrefix = indexPrefixOf(config.TOPIC_PREFIX);
  const retainDays = config.OPENSEARCH_RETAIN_DAYS ?? null;
  const nowMs = () => clock.nowMicros() / 1000;
  try {
    const templates = templatesOf(templateSettingsOf(config));
    if (!(await installTemplates(templates, { ...shared, signal: shutdown.signal }))) return;
    indexer = await Indexer.start({
      ...shared,
      nowMicros: () => clock.nowMicros(),
      isExpired: createIsExpired(indexPrefix, retainDays, nowMs),
      kafka: createKafka(await kafkaConnection(config, "bellwether-indexer"), log),
      topics: topicNames(config.TOPIC_PREFIX),
      groupId: `${config.TOPIC_PREFIX}indexer`,
      indexPrefix,
      limits: {
        documentsMax: config.BULK_MAX_DOCUMENTS,
        bytesMax: config.BULK_MAX_BYTES,
        lingerMs: config.BULK_LINGER_MS,
        requestsInFlightMax: config.BULK_REQUESTS_IN_FLIGHT,
      },
      fromBeginning: config.INDEX_FROM === "beginning",
      commitEveryMs: 250,
      drainMsMax: 5000,
      metrics,
      onFailed: failed.reject,
    });
    tidying = tidyRegularly({
      openSearch,
      log,
      indexPrefix,
      retainDays,
      compressAfterDays: config.OPENSEARCH_COMPRESS_AFTER_DAYS ?? null,
      nowMs,
      sleep: pause,
      signal: tidyingEnds.signal,
    });
    log.info("indexing", { openSearch: openSearch.url, indices: `${indexPrefix}*` });
    await Promise.race([failed.promise, shutdown.stopped]);
  } finally {
    tidyingEnds.abort();
    await indexer?.close();
    report.close();
    await openSearch.close();
    await tidying;
  }
}

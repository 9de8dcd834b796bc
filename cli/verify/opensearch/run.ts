import { indexPrefixOf } from "../../../indexer/index-names.ts";
import { createIsExpired } from "../../../indexer/setup/expired.ts";
import { systemClock } from "../../../runtime/clock/clock.ts";
import { pause } from "../../../runtime/clock/pause.ts";
import type { Kafka } from "../../../runtime/kafka/types.ts";
import { createOpenSearch } from "../../../runtime/opensearch/client.ts";
import { type OpenSearchSettings, openSearchConnection } from "../../../runtime/opensearch/connection.ts";
import type { OpenSearchReport } from "./report.ts";
import { verifyOpenSearch } from "./verify-opensearch.ts";

export interface VerifyOpenSearchSettings extends OpenSearchSettings {
  readonly TOPIC_PREFIX: string;
  readonly OPENSEARCH_RETAIN_DAYS?: number | undefined;
  readonly OPENSEARCH_REFRESH_MS: number;
}

export interface VerifyOpenSearchRun {
  /** About how many documents to compare one by one; null: all. */
  readonly sample: number | null;
  readonly kafka: Kafka;
  readonly signal: AbortSignal;
  /** Told how many records and documents were read. */
  readonly onProgress: (read: number) => void;
}

/** Audits OpenSearch as the settings of `bellwether verify --opensearch` say. @throws as `verifyOpenSearch` */
export async function runVerifyOpenSearch(
  settings: VerifyOpenSearchSettings,
  { sample, kafka, signal, onProgress }: VerifyOpenSearchRun,
): Promise<OpenSearchReport> {
  const openSearch = createOpenSearch(await openSearchConnection(settings));
  const indexPrefix = indexPrefixOf(settings.TOPIC_PREFIX);
  const nowMs = () => systemClock.nowMicros() / 1000;
  try {
    return await verifyOpenSearch({
      kafka,
      openSearch,
      prefix: settings.TOPIC_PREFIX,
      indexPrefix,
      sample,
      isExpired: createIsExpired(indexPrefix, settings.OPENSEARCH_RETAIN_DAYS ?? null, nowMs),
      refreshMs: settings.OPENSEARCH_REFRESH_MS,
      sleep: pause,
      signal,
      onProgress,
    });
  } finally {
    await openSearch.close();
  }
}

import { defaultPartitions, publishedTopics, topicNames } from "../domain/topics.ts";
import type { RunningKafka } from "../local/kafka/start-kafka.ts";
import type { RunningOpenSearch } from "../local/opensearch/start-opensearch.ts";
import { stageEnvironment } from "../runtime/config/stage-heap.ts";
import { createKafka } from "../runtime/kafka/kafka.ts";
import type { Kafka, OutgoingRecord } from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import { createOpenSearch } from "../runtime/opensearch/client.ts";
import type { OpenSearch } from "../runtime/opensearch/types.ts";
import { type MeasuredProcess, startMeasured } from "./measured-process.ts";

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const recordsAtOnce = 20_000;

/** The servers of a bench of the indexer, and what it does with them. */
export interface IndexerStage {
  readonly openSearch: OpenSearch;
  readonly kafka: Kafka;
  /** Makes the output topics under a prefix. */
  makeTopics(prefix: string): Promise<void>;
  /** Publishes records on a prefix's enriched topic. */
  publish(prefix: string, records: readonly OutgoingRecord[]): Promise<void>;
  /** Starts `bellwether index` on a prefix's topics and indices. */
  startIndexer(prefix: string): MeasuredProcess;
  /** How many documents were written to a prefix's indices, found in searches or not. */
  written(prefix: string): Promise<number>;
}

export function indexerStage(server: RunningKafka, openSearchServer: RunningOpenSearch): IndexerStage {
  const { brokers, ca, caFile, users } = server;
  const openSearch = createOpenSearch({ url: openSearchServer.url, basicAuth: null, ca: undefined });
  const kafka = createKafka({ brokers, clientId: "bench", tls: { ca }, sasl: users.admin, compression: "zstd" }, quiet);
  return {
    openSearch,
    kafka,
    async makeTopics(prefix) {
      const admin = await kafka.admin();
      const topics = publishedTopics(topicNames(prefix));
      await admin.ensureTopics(topics.map((topic) => ({ topic, partitions: defaultPartitions, configs: {} })));
      await admin.close();
    },
    async publish(prefix, records) {
      const sender = await kafka.sender();
      for (let from = 0; from < records.length; from += recordsAtOnce) {
        await sender.send(topicNames(prefix).enriched, records.slice(from, from + recordsAtOnce));
      }
      await sender.close();
    },
    startIndexer: (prefix) =>
      startMeasured(
        new URL("../cli/main.ts", import.meta.url),
        ["index"],
        stageEnvironment({
          KAFKA_BROKERS: brokers.join(","),
          KAFKA_TLS_CA: caFile,
          KAFKA_SASL_USERNAME: users.admin.username,
          KAFKA_SASL_PASSWORD: users.admin.password,
          OPENSEARCH_URL: openSearchServer.url,
          TOPIC_PREFIX: prefix,
          LOG_LEVEL: "warn",
        }),
      ),
    async written(prefix) {
      const path = `/${prefix.replace(".", "-")}quotes-*/_stats/indexing`;
      const query = { filter_path: "_all.primaries.indexing.index_total" };
      const answer = (await openSearch.request({ method: "GET", path, query })) as IndexingStats;
      return answer._all?.primaries?.indexing?.index_total ?? 0;
    },
  };
}

interface IndexingStats {
  readonly _all?: { readonly primaries?: { readonly indexing?: { readonly index_total?: number } } };
}

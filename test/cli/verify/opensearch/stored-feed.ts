import { setTimeout as delay } from "node:timers/promises";
import { type Admin, Kafka as KafkaClient, logLevel } from "kafkajs";
import type { OpenSearchReport } from "../../../../cli/verify/opensearch/report.ts";
import { verifyOpenSearch } from "../../../../cli/verify/opensearch/verify-opensearch.ts";
import { partitionOf } from "../../../../domain/partition.ts";
import { publishedTopics } from "../../../../domain/topics.ts";
import { templatesOf } from "../../../../indexer/templates.ts";
import { type RunningOpenSearch, startOpenSearch } from "../../../../local/opensearch/start-opensearch.ts";
import type { KafkaAdmin } from "../../../../runtime/kafka/admin-types.ts";
import type { OutgoingRecord, TopicPosition } from "../../../../runtime/kafka/types.ts";
import { createOpenSearch } from "../../../../runtime/opensearch/client.ts";
import type { OpenSearch } from "../../../../runtime/opensearch/types.ts";
import { startTestIndexer, type TestIndexer } from "../../../indexer/indexer-under-test.ts";
import { candleValue, incoming, quoteValue } from "../../../indexer/records.ts";
import { startTestBroker, type TestBroker, topics } from "../../../support/broker.ts";

export const logId = "LOGidLOGid-OGidLOGid00";
const partitions = 12;
const refreshMs = 200;
const groupId = "market.indexer";

/** A document as the node has it, with the number of its last writing: two pictures are equal only where nothing was written. */
export interface Picture {
  readonly index: string;
  readonly id: string;
  readonly version: number;
  readonly writing: number;
  readonly source: Readonly<Record<string, unknown>>;
}

/** Topics of a real broker and a real OpenSearch, with the indexer between, for the audit. */
export class StoredFeed {
  readonly broker: TestBroker;
  readonly openSearch: OpenSearch;
  readonly #server: RunningOpenSearch;
  readonly #stock: Admin;
  /** The next raw offset by partition. */
  readonly #raw = Array.from({ length: partitions }, () => 0);

  static async start(): Promise<StoredFeed> {
    const [broker, server] = await Promise.all([startTestBroker(), startOpenSearch({ environment: process.env })]);
    const client = new KafkaClient({
      brokers: [...broker.server.brokers],
      clientId: "test-offsets",
      ssl: { ca: broker.server.ca },
      sasl: { mechanism: "scram-sha-512", ...broker.server.users.admin },
      logLevel: logLevel.NOTHING,
    });
    const stock = client.admin();
    await stock.connect();
    const feed = new StoredFeed(broker, server, stock);
    const templates = templatesOf({ indexPrefix: "market-", shards: 2, replicas: 0, refreshMs });
    for (const { name, body } of templates.components) await feed.put(`/_component_template/${name}`, body);
    for (const { name, body } of templates.indices) await feed.put(`/_index_template/${name}`, body);
    return feed;
  }

  private constructor(broker: TestBroker, server: RunningOpenSearch, stock: Admin) {
    this.broker = broker;
    this.#server = server;
    this.#stock = stock;
    this.openSearch = createOpenSearch({ url: server.url, basicAuth: null, ca: undefined });
  }

  async stop(): Promise<void> {
    await this.openSearch.close();
    await this.#stock.disconnect();
    await Promise.all([this.#server.stop(), this.broker.stop()]);
  }

  get url(): string {
    return this.#server.url;
  }

  put(path: string, body: object): Promise<unknown> {
    return this.openSearch.request({ method: "PUT", path, body });
  }

  /** Publishes values as outputs of the next raw records of a partition. */
  async publish(topic: string, partition: number, values: readonly string[], headers = {}): Promise<void> {
    await this.#send(
      topic,
      values.map((value): OutgoingRecord => {
        const offset = this.#raw[partition] ?? 0;
        this.#raw[partition] = offset + 1;
        const source = { "source-partition": `${partition}`, "source-offset": `${offset}`, "log-id": logId };
        const record = incoming(value, { ...source, "received-time": "1514991600000000", ...headers });
        return { partition, key: record.key, value, headers: record.headers };
      }),
    );
  }

  /** Quotes of a day, over all partitions. */
  async publishQuotes(day: string, count: number): Promise<void> {
    for (let partition = 0; partition < partitions; partition++) {
      const values = Array.from({ length: Math.ceil(count / partitions) }, (_, n) =>
        quoteValue(`${day}T15:00:${String(n % 60).padStart(2, "0")}.${partition + 10}Z`, 150 + n / 100),
      );
      await this.publish(topics.enriched, partition, values);
    }
  }

  async publishCandle(symbol: string, start: string, revision: number): Promise<void> {
    const value = candleValue(start, revision, 100 + revision).replace('"XXX"', `"${symbol}"`);
    await this.publish(topics.candles, partitionOf(symbol, partitions), [value]);
  }

  async #send(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    const sender = await this.broker.kafkaFor("admin").sender();
    await sender.send(topic, records);
    await sender.close();
  }

  startIndexer(): Promise<TestIndexer> {
    return startTestIndexer(this.broker.kafkaFor("indexer"), this.#server.url);
  }

  /** Runs the indexer until it has come to the ends of all topics, its own dead letters among them. */
  async indexAll(): Promise<void> {
    const indexer = await this.startIndexer();
    await this.untilIndexed(indexer);
    await indexer.close();
  }

  async untilIndexed(indexer: TestIndexer): Promise<void> {
    const admin = await this.broker.kafkaFor("admin").admin();
    await indexer.until(() => true);
    while (!(await this.#isAtEnds(admin, indexer.indexer.positions()))) {
      await delay(20);
      await indexer.until(() => true);
    }
    await admin.close();
  }

  audit(options: { readonly sample?: number; readonly isExpired?: (index: string) => boolean } = {}) {
    return verifyOpenSearch({
      kafka: this.broker.kafkaFor("indexer"),
      openSearch: this.openSearch,
      prefix: "market.",
      indexPrefix: "market-",
      sample: options.sample ?? null,
      isExpired: options.isExpired ?? (() => false),
      refreshMs,
      sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => {}),
      signal: new AbortController().signal,
      onProgress() {},
    });
  }

  /** The group begins at the topics' beginnings again. */
  async forgetOffsets(): Promise<void> {
    await this.#stock.deleteGroups([groupId]);
  }

  /** The group says that it has stored all that the topics hold, though it has not. */
  async claimAll(): Promise<void> {
    const reader = await this.broker.kafkaFor("indexer").reader({
      groupId,
      topics: publishedTopics(topics),
      startAt: "beginning",
      onBatch: async () => {},
      onFailed() {},
    });
    const admin = await this.broker.kafkaFor("admin").admin();
    while (!(await this.#isAtEnds(admin, reader.positions()))) await delay(20);
    await reader.commit(reader.positions());
    await reader.close();
    await admin.close();
  }

  async #isAtEnds(admin: KafkaAdmin, positions: readonly TopicPosition[]): Promise<boolean> {
    const at = new Map(positions.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
    for (const topic of publishedTopics(topics)) {
      for (const { partition, offset } of await admin.endOffsets(topic, { readCommitted: true })) {
        if ((at.get(`${topic}/${partition}`) ?? -1) < offset) return false;
      }
    }
    return true;
  }

  /** As Kafka's retention does: the records before the offset are gone. */
  async cut(topic: string, partition: number, offset: number): Promise<void> {
    await this.#stock.fetchTopicOffsets(topic);
    await this.#stock.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  }

  /** All that is stored, by index and id. */
  async pictures(pattern = "market-*"): Promise<readonly Picture[]> {
    await this.openSearch.request({ method: "POST", path: `/${pattern}/_refresh` });
    const answer = (await this.openSearch.request({
      method: "POST",
      path: `/${pattern}/_search`,
      body: { size: 10_000, version: true, seq_no_primary_term: true },
    })) as {
      hits: { hits: { _index: string; _id: string; _version: number; _seq_no: number; _source: Picture["source"] }[] };
    };
    return answer.hits.hits
      .map(({ _index, _id, _version, _seq_no, _source }) => {
        return { index: _index, id: _id, version: _version, writing: _seq_no, source: _source };
      })
      .sort((a, b) => `${a.index}/${a.id}`.localeCompare(`${b.index}/${b.id}`));
  }

  /** Writes a document past the indexer; a version that is there is replaced. */
  plant(index: string, id: string, source: object, version = 1): Promise<unknown> {
    return this.openSearch.request({
      method: "PUT",
      path: `/${index}/_doc/${encodeURIComponent(id)}`,
      query: { version: String(version), version_type: "external_gte" },
      body: source,
    });
  }

  remove(index: string, id: string): Promise<unknown> {
    return this.openSearch.request({ method: "DELETE", path: `/${index}/_doc/${encodeURIComponent(id)}` });
  }
}

/** The sums of a report that a test looks at. */
export function sumsOf({ onTopics, equal, missing, unexpected, different }: OpenSearchReport) {
  return { onTopics, equal, missing, unexpected, different };
}

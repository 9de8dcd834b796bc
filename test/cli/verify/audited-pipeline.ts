import { type Admin, Kafka as KafkaClient, logLevel } from "kafkajs";
import { type VerifyReport, verify } from "../../../cli/verify/verify.ts";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { partitionOf } from "../../../domain/partition.ts";
import { defaultPartitions } from "../../../domain/topics.ts";
import { enricherConfig, runnerSettings } from "../../../enricher/config.ts";
import { marketFold } from "../../../enricher/unit/market-fold.ts";
import { type Runner, startRunner } from "../../../enricher/unit/runner.ts";
import { systemClock } from "../../../runtime/clock/clock.ts";
import type { KafkaAdmin } from "../../../runtime/kafka/admin-types.ts";
import type { Kafka, OutgoingRecord, TopicPosition } from "../../../runtime/kafka/types.ts";
import { Metrics } from "../../../runtime/metrics/metrics.ts";
import { allFolded } from "../../support/all-folded.ts";
import { quietLog, startTestBroker, type TestBroker, topics } from "../../support/broker.ts";
import { publishRaw, type RawLine } from "../../support/publish-raw.ts";
import { at, quoteLine, referenceLine } from "../../support/raw-lines.ts";
import { readToEnd } from "../../support/read-topic.ts";
import { type Plant, withPlants } from "./planted-faults.ts";

const symbols = ["AAPL", "MSFT"] as const;
export const [aapl, msft] = symbols.map((symbol) => partitionOf(symbol, defaultPartitions)) as [number, number];

/** A broker and the real enricher on it, with many small transactions and snapshots; what it publishes of AAPL can be spoilt. */
export class AuditedPipeline {
  readonly broker: TestBroker;
  readonly runner: Runner;
  /** Faults of the enricher, by raw offset of AAPL's partition. */
  readonly plants: Map<number, Plant>;
  readonly #stock: Admin;

  private constructor(broker: TestBroker, runner: Runner, plants: Map<number, Plant>, stock: Admin) {
    this.broker = broker;
    this.runner = runner;
    this.plants = plants;
    this.#stock = stock;
  }

  static async start(): Promise<AuditedPipeline> {
    const broker = await startTestBroker();
    const { server } = broker;
    const stock = new KafkaClient({
      brokers: [...server.brokers],
      clientId: "test-retention",
      ssl: { ca: server.ca },
      sasl: { mechanism: "scram-sha-512", ...server.users.admin },
      logLevel: logLevel.NOTHING,
    }).admin();
    await stock.connect();
    const plants = new Map<number, Plant>();
    return new AuditedPipeline(broker, await startEnricher(broker, plants), plants, stock);
  }

  async stop(): Promise<void> {
    await this.runner.close();
    await this.#stock.disconnect();
    await this.broker.stop();
  }

  audit(
    kafka = this.broker.kafkaFor("admin"),
    more: { readonly decidedWithinMs?: number } = {},
  ): Promise<VerifyReport> {
    const signal = new AbortController().signal;
    return verify({ kafka, prefix: "market.", signal, onProgress() {}, ...more });
  }

  /** Resolves when all that is on the raw log has been published. */
  allFolded(): Promise<void> {
    return allFolded(this.runner, this.broker);
  }

  /** The broker as it would be had the group committed something else. */
  withCommitted(change: (committed: readonly TopicPosition[]) => readonly TopicPosition[]): Kafka {
    return this.withAdmin((admin) => {
      const ask = admin.committedOffsets.bind(admin);
      return { committedOffsets: async (...asked) => change(await ask(...asked)) };
    });
  }

  /** The broker, where some of what is asked of it is answered otherwise. */
  withAdmin(change: (admin: KafkaAdmin) => Partial<KafkaAdmin>): Kafka {
    const kafka = this.broker.kafkaFor("admin");
    return {
      ...kafka,
      async admin() {
        const admin = await kafka.admin();
        return Object.assign(admin, change(admin));
      },
    };
  }

  /** The raw offsets of the partition's session snapshots, by date. */
  async sessionOffsets(partition: number): Promise<ReadonlyMap<string, number>> {
    const records = await readToEnd(this.broker.kafkaFor("admin"), topics.state);
    const symbol = symbols.find((name) => partitionOf(name, defaultPartitions) === partition);
    const offsets = new Map<string, number>();
    for (const { key, value } of records) {
      const [name, date] = String(key).split("@");
      if (name === symbol && date !== undefined && value !== null) offsets.set(date, JSON.parse(String(value)).offset);
    }
    return offsets;
  }

  /** As retention does: the records before the offset are gone. */
  async forget(topic: string, partition: number, offset: number): Promise<void> {
    if (offset === 0) return;
    // Only a topic that the client has asked about can be cut.
    await this.#stock.fetchTopicOffsets(topic);
    await this.#stock.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  }

  async ends(topic: string, readCommitted = true): Promise<readonly TopicPosition[]> {
    const admin = await this.broker.kafkaFor("admin").admin();
    try {
      return await admin.endOffsets(topic, { readCommitted });
    } finally {
      await admin.close();
    }
  }

  /** Where AAPL's partition of a topic ends. */
  async endOf(topic: string): Promise<number> {
    return (await this.ends(topic)).find(({ partition }) => partition === aapl)?.offset ?? 0;
  }

  /** A session's references, and so many quotes of each symbol, numbered from there on. */
  async publishSession(date: string, from: number, count: number): Promise<void> {
    await this.publishLines(sessionLines(date, from, count));
  }

  async publishLines(lines: readonly RawLine[]): Promise<void> {
    await publishRaw(this.broker, lines);
  }

  /** On AAPL's partition of a topic, past the enricher. */
  async publishBeside(topic: string, value: string, headers: OutgoingRecord["headers"]): Promise<void> {
    const sender = await this.broker.kafkaFor("admin").sender();
    await sender.send(topic, [{ partition: aapl, key: "AAPL", value, headers }]);
    await sender.close();
  }
}

/** Where the audits of the two symbols' partitions began, AAPL's first. */
export function startsOf({ partitions }: VerifyReport) {
  return partitions
    .filter(({ partition }) => partition === aapl || partition === msft)
    .map(({ partition, start }) => [partition, start] as const)
    .sort(([a], [b]) => Number(a === msft) - Number(b === msft));
}

function sessionLines(date: string, from: number, count: number): readonly RawLine[] {
  return symbols.flatMap((symbol) => [
    { symbol, text: referenceLine(symbol, date, 100, "2024-07-09") },
    ...Array.from({ length: count }, (_, n) => {
      const mid = 100 + ((from + n) % 13);
      return { symbol, text: quoteLine(symbol, at((from + n) * 0.7, date), mid, mid + 0.1) };
    }),
  ]);
}

async function startEnricher(broker: TestBroker, plants: ReadonlyMap<number, Plant>): Promise<Runner> {
  const kafka = broker.kafkaFor("enricher");
  const admin = await kafka.admin();
  const logId = await admin.topicId(topics.raw);
  await admin.close();
  const variables = { KAFKA_BROKERS: "unused:1", SNAPSHOT_EVERY_RECORDS: "40", COMMIT_MAX_RECORDS: "50" };
  return startRunner({
    kafka,
    fold: withPlants(marketFold({ calendar: nyse, topics, logId }), aapl, plants),
    topics,
    groupId: "market.enricher",
    logId,
    settings: runnerSettings(enricherConfig(variables)),
    clock: systemClock,
    log: quietLog,
    metrics: new Metrics(),
    onFailed: (error) => {
      throw error;
    },
  });
}

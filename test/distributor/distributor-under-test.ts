import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { provisionProducts } from "../../cli/servers/provision.ts";
import { type Product, productTopics } from "../../domain/entitlements/entitlements.ts";
import { parseEntitlements } from "../../domain/entitlements/parse-entitlements.ts";
import { createProductCut, sourceTopics } from "../../domain/products/product-cut.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import type { IncomingRecord } from "../../runtime/kafka/types.ts";
import { type RunningCommand, startBellwether } from "../support/bellwether.ts";
import { startTestBroker, type TestBroker, topics } from "../support/broker.ts";
import { readToEnd } from "../support/read-topic.ts";
import { feedPart } from "./published-feed.ts";

export const prefix = "market.";
/** Of the product `late`. */
export const delayMs = 2000;
export const file = `
products:
  full: { symbols: "*", kinds: [quotes, trades, candles, alerts] }
  prices: { symbols: [AAPL, MSFT], kinds: [quotes, candles], columns: [midPrice, indicator, tradeClose] }
  bars: { symbols: [AMZN, NVDA], kinds: [candles], shape: bar, topic: "{symbol}enhanced" }
  late: { symbols: [NVDA], kinds: [quotes, trades], delay: 2s }
customers: {}
`;
const { products } = parseEntitlements(file, prefix);
/** The products with topics of their own. */
export const own = products.filter(({ name }) => name !== "full");

export function productOf(name: string): Product {
  const product = products.find((one) => one.name === name);
  if (product === undefined) throw new Error(`there is no product ${name}`);
  return product;
}

/** A broker that gives up silent clients soon, with a feed that grows, and processes that distribute it. */
export class DistributorBench {
  readonly broker: TestBroker;
  readonly #folder: string;
  readonly #running = new Set<RunningCommand>();
  #published = 0;

  static async start(): Promise<DistributorBench> {
    const broker = await startTestBroker({
      "group.min.session.timeout.ms": "1000",
      "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
    });
    return new DistributorBench(broker);
  }

  private constructor(broker: TestBroker) {
    this.broker = broker;
    this.#folder = mkdtempSync(join(tmpdir(), "bellwether-distributor-"));
    writeFileSync(join(this.#folder, "entitlements.yaml"), file);
  }

  async stop(): Promise<void> {
    for (const { child } of this.#running) child.kill("SIGKILL");
    await this.broker.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** Makes the products' topics, and the right to write them. */
  async provision(made: readonly Product[] = products): Promise<void> {
    const admin = await this.broker.kafkaFor("admin").admin();
    await provisionProducts(admin, { products: made, customers: [] }, prefix, true);
    await admin.close();
  }

  /** `bellwether distribute` as a process of its own. */
  distribute(): RunningCommand {
    const { server } = this.broker;
    const command = startBellwether(["distribute"], {
      KAFKA_BROKERS: server.brokers.join(","),
      KAFKA_TLS_CA: server.caFile,
      KAFKA_SASL_USERNAME: server.users.distributor.username,
      KAFKA_SASL_PASSWORD: server.users.distributor.password,
      ENTITLEMENTS_FILE: join(this.#folder, "entitlements.yaml"),
      SESSION_TIMEOUT_MS: "1000",
      TRANSACTION_TIMEOUT_MS: "5000",
    });
    this.#running.add(command);
    void command.ended.then(() => this.#running.delete(command));
    return command;
  }

  /** Publishes more of the feed, after a tenth of it in a transaction that is aborted and counts for nothing. */
  async publish(count: number): Promise<void> {
    const from = this.#published;
    this.#published += count;
    const kafka = this.broker.kafkaFor("admin");
    const aborted = await kafka.transactionalSender(`feed-${from}`);
    for (const [topic, records] of feedPart(from, Math.ceil(count / 10))) await aborted.send(topic, records);
    await aborted.abort();
    await aborted.close();
    const sender = await kafka.transactionalSender(`feed-${from}`);
    for (const [topic, records] of feedPart(from, count)) await sender.send(topic, records);
    await sender.commit({ groupId: "", memberId: "", generationId: -1 }, []);
    await sender.close();
    await this.#ended([...feedPart(from, count).keys()]);
  }

  /** Waits until the transactions of these topics show: their markers come after the answer to a commit without positions. */
  async #ended(written: readonly string[]): Promise<void> {
    const admin = await this.broker.kafkaFor("admin").admin();
    const isShown = async (topic: string) => {
      const ends = [true, false].map((readCommitted) => admin.endOffsets(topic, { readCommitted }));
      const [committed, all] = await Promise.all(ends);
      return isDeepStrictEqual(committed, all);
    };
    for (const topic of written) await expect.poll(() => isShown(topic), { interval: 5 }).toBe(true);
    await admin.close();
  }

  async countOf(topic: string): Promise<number> {
    return (await readToEnd(this.broker.kafkaFor("admin"), topic)).length;
  }

  /** The product's topics hold the cut of all that is published now: each source's records in order, with key, bytes and source headers. */
  async expectExactly(product: Product): Promise<void> {
    const admin = this.broker.kafkaFor("admin");
    const cut = createProductCut(product, { prefix, partitions: defaultPartitions, thresholdOf: () => 50_000 });
    const expected = new Map(productTopics(product, prefix).map(({ topic }) => [topic, [] as string[]]));
    for (const source of sourceTopics(product, topics)) {
      for (const record of await readToEnd(admin, source)) {
        const partition = Number(textHeaders(record)["source-partition"] ?? 0);
        const made = cut(partition, record.key === null ? null : record.key.toString(), record);
        if (made === null || "reason" in made) continue;
        const value = typeof made.value === "string" ? made.value : Buffer.from(made.value).toString();
        for (const outlet of made.outlets) expected.get(outlet.topic)?.push(lineOf(record, value));
      }
    }
    for (const [topic, lines] of expected) {
      const soon = { timeout: 30_000, interval: 100 };
      await expect.poll(() => this.countOf(topic), soon).toBeGreaterThanOrEqual(lines.length);
      const found = (await readToEnd(admin, topic)).map((record) => lineOf(record, String(record.value)));
      expect(byStream(found)).toEqual(byStream(lines));
    }
  }
}

export function textHeaders(record: IncomingRecord | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(record?.headers ?? {}).map(([name, value]) => [name, value.toString()]));
}

/** What must be the same. */
function lineOf(record: IncomingRecord, value: string): string {
  return JSON.stringify([record.key?.toString() ?? null, value, textHeaders(record)]);
}

/** Order is told within a symbol's stream of one source topic. */
function byStream(lines: readonly string[]) {
  return Map.groupBy(lines, (line) => {
    const [key, value, headers] = JSON.parse(line) as [string | null, string, Record<string, string>];
    return `${key} ${headers["source-partition"]} ${/"type":"(quote|trade|gap)"/.test(value) ? "enriched" : "candles"}`;
  });
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { FeedConnection } from "../../consumer/index.ts";
import { partitionOf } from "../../domain/partition.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import type { Credentials } from "../../runtime/secrets/secret-store.ts";
import { recordOf, until } from "../runtime/kafka/kafka-under-test.ts";
import { bellwether, type CommandResult, type RunningCommand, startBellwether } from "../support/bellwether.ts";
import { startTestBroker, type TestBroker, topics } from "../support/broker.ts";
import { readToEnd } from "../support/read-topic.ts";
import { type ExpectedProducts, enrichedCount, expectedProducts, publishMarket } from "./raw-market.ts";

/** Two customers that buy different symbols, kinds, columns and shapes. */
const products = `products:
  tech: { symbols: [AAPL, MSFT], kinds: [quotes], columns: [midPrice, indicator] }
  deals: { symbols: [AMZN, NVDA], kinds: [trades, candles], columns: [price, size, tradeClose] }
  bars: { symbols: [AMZN, NVDA], kinds: [candles], shape: bar, topic: "{symbol}enhanced" }
`;
export const acme = '  acme: { account: "111122223333", products: [tech], users: [alice] }\n';
export const beta = '  beta: { account: "444455556666", products: [deals, bars], users: [bob] }\n';

export type User = "alice" | "bob";
const customerOf = { alice: "acme", bob: "beta" } as const;
export const topicsOf: Readonly<Record<User, readonly string[]>> = {
  alice: ["market.product.tech"],
  bob: ["amznenhanced", "market.product.deals", "nvdaenhanced"],
};

const ofSymbol = (symbol: string) => partitionOf(symbol, defaultPartitions);

/** A broker with the stages that it takes to make products of raw data, run as their users run them. */
export class CustomersBench {
  readonly broker: TestBroker;
  readonly #folder = mkdtempSync(join(tmpdir(), "bellwether-clients-"));
  readonly #running = new Set<RunningCommand>();

  static async start(): Promise<CustomersBench> {
    return new CustomersBench(await startTestBroker());
  }

  private constructor(broker: TestBroker) {
    this.broker = broker;
  }

  async stop(): Promise<void> {
    for (const { child } of this.#running) child.kill("SIGKILL");
    await this.broker.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** Writes the file. */
  sell(customers: string): void {
    writeFileSync(join(this.#folder, "entitlements.yaml"), `${products}customers:\n${customers}`);
  }

  /** Runs `bellwether entitlements`, and expects that it succeeds. */
  async entitlements(...words: readonly string[]): Promise<string> {
    const secrets = ["--secrets-dir", join(this.#folder, "secrets")];
    const result = await bellwether(["entitlements", ...words, ...secrets], this.#variables("admin"));
    expect(result).toMatchObject({ code: 0, stderr: "" });
    return result.stdout;
  }

  /** Runs a piece of the market through enricher and distributor, until the products hold just what they must. */
  async untilDistributed(): Promise<ExpectedProducts> {
    this.#running.add(startBellwether(["enrich"], this.#variables("enricher")));
    this.#running.add(startBellwether(["distribute"], this.#variables("distributor")));
    await this.#untilGroupsBegin();
    await this.#publishAborted();
    await publishMarket(this.broker.kafkaFor("producer"));
    await until(async () => (await this.valuesOf(topics.enriched)).length >= enrichedCount, "all that is enriched");
    const expected = expectedProducts(await this.valuesOf(topics.enriched), await this.valuesOf(topics.candles));
    for (const user of ["alice", "bob"] as const) {
      const isThere = async () => (await this.valuesOf(...topicsOf[user])).length >= expected[user].length;
      await until(isThere, `the products of ${user}`);
      expect(await this.valuesOf(...topicsOf[user])).toEqual(expected[user]);
    }
    return expected;
  }

  /** A product that holds something before its group has begun is taken for one whose group has lost its offsets. */
  async #untilGroupsBegin(): Promise<void> {
    const admin = await this.broker.kafkaFor("admin").admin();
    const sources = { tech: topics.enriched, deals: topics.enriched, bars: topics.candles };
    for (const [product, source] of Object.entries(sources)) {
      const begins = async () => (await admin.committedOffsets(`market.distributor.${product}`, source)).length > 0;
      await until(begins, `the beginning of ${product}`);
    }
    await admin.close();
  }

  /** What a transaction took back is not for anybody to see. It stands first, before what is. */
  async #publishAborted(): Promise<void> {
    const sender = await this.broker.kafkaFor("admin").transactionalSender("aborted");
    const partitions = { "market.product.tech": ofSymbol("AAPL"), "market.product.deals": ofSymbol("AMZN") };
    for (const [topic, partition] of Object.entries({ ...partitions, amznenhanced: 0, nvdaenhanced: 0 })) {
      await sender.send(topic, [recordOf('{"type":"quote","symbol":"AAPL","eventTime":"never published"}', partition)]);
    }
    await sender.abort();
    await sender.close();
  }

  /** What a customer's program is given. */
  environmentOf(user: User, group = `${user}-desk`): Readonly<Record<string, string>> {
    const { username, password } = this.credentialsOf(user);
    const { brokers, caFile } = this.broker.server;
    return {
      KAFKA_BROKERS: brokers.join(","),
      KAFKA_TLS_CA: caFile,
      KAFKA_SASL_USERNAME: username,
      KAFKA_SASL_PASSWORD: password,
      KAFKA_GROUP: group,
    };
  }

  /** As the secret says now, which is read again where the password is refused. */
  connectionOf(user: User): FeedConnection {
    const { brokers, ca } = this.broker.server;
    const sasl = this.credentialsOf(user);
    return { brokers, tls: { ca }, sasl, renewSasl: async () => this.credentialsOf(user) };
  }

  credentialsOf(user: User): Credentials {
    const secret = join(this.#folder, "secrets", `market.customer.${customerOf[user]}.${user}.json`);
    return JSON.parse(readFileSync(secret, "utf8")) as Credentials;
  }

  consume(user: User, ...words: readonly string[]): Promise<CommandResult> {
    return bellwether(["consume", "--from", "beginning", "--format", "json", ...words], this.environmentOf(user));
  }

  /** The values of topics, sorted: across partitions there is no order. */
  async valuesOf(...topics: readonly string[]): Promise<readonly string[]> {
    const admin = this.broker.kafkaFor("admin");
    const records = await Promise.all(topics.map((topic) => readToEnd(admin, topic)));
    return records
      .flat()
      .map(({ value }) => String(value))
      .toSorted();
  }

  #variables(user: "admin" | "enricher" | "distributor"): Readonly<Record<string, string>> {
    const { brokers, caFile, users } = this.broker.server;
    return {
      KAFKA_BROKERS: brokers.join(","),
      KAFKA_TLS_CA: caFile,
      KAFKA_SASL_USERNAME: users[user].username,
      KAFKA_SASL_PASSWORD: users[user].password,
      ENTITLEMENTS_FILE: join(this.#folder, "entitlements.yaml"),
      AWS_REGION: "",
      AWS_ENDPOINT_URL: "",
    };
  }
}

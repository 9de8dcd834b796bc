import { afterAll, beforeAll, expect, it } from "vitest";
import { runConsume } from "../../consumer/command.ts";
import { openFeed } from "../../consumer/index.ts";
import { partitionOf } from "../../domain/partition.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { kafkaVariables } from "../../runtime/config/variables.ts";
import { quietLog, startTestBroker, type TestBroker, topics } from "../support/broker.ts";
import { quoteOf } from "./records.ts";

let broker: TestBroker;
const symbols = ["AAA", "BBB", "CCC"];
const values: string[] = [];
let halfwayMs = 0;

beforeAll(async () => {
  broker = await startTestBroker();
  for (let n = 0; n < 30; n++) values.push(JSON.stringify(quoteOf({ symbol: symbols[n % 3] ?? "", bidSize: n })));
  await publish(0, 15);
  halfwayMs = Date.now() + 1;
  while (Date.now() <= halfwayMs) await new Promise((resolve) => setTimeout(resolve, 1));
  await publish(15, 30);
  // An enricher that starts again publishes some once more.
  await publish(9, 30);
});

afterAll(async () => {
  await broker?.stop();
});

async function publish(from: number, to: number): Promise<void> {
  const sender = await broker.kafkaFor("enricher").sender();
  const records = values.slice(from, to).map((value, index) => {
    const symbol = symbols[(from + index) % 3] ?? "";
    const partition = partitionOf(symbol, defaultPartitions);
    const source = {
      "source-partition": String(partition),
      "source-offset": String(from + index),
      "source-index": "0",
    };
    return { partition, key: symbol, value, headers: { ...source, "log-id": "log", "received-time": "1" } };
  });
  await sender.send(topics.enriched, records);
  await sender.close();
}

/** As the customer's own user, who may read the feed and nothing else. */
function connection() {
  const { brokers, ca, users } = broker.server;
  return { brokers, tls: { ca }, sasl: users.demo };
}

const ofSymbols = (wanted: readonly string[], from = 0) =>
  values.filter((_, n) => n >= from && wanted.includes(symbols[n % 3] ?? ""));

async function take(options: Partial<Parameters<typeof openFeed>[0]>, count: number): Promise<string[]> {
  const feed = await openFeed({ connection: connection(), from: "beginning", ...options });
  const taken: string[] = [];
  for await (const record of feed) {
    taken.push(record.bytes.toString());
    if (taken.length === count) break;
  }
  return taken;
}

it("a customer reads the whole feed once, in order by symbol, repeats left out, the bytes as published", async () => {
  const taken = await take({}, 30);
  for (const symbol of symbols) {
    expect(taken.filter((text) => text.includes(`"symbol":"${symbol}"`))).toEqual(ofSymbols([symbol]));
  }
});

it("only the symbols asked for come, and from a time only what was published since", async () => {
  expect((await take({ symbols: ["BBB"] }, 10)).sort()).toEqual(ofSymbols(["BBB"]).sort());
  const since = new Date(halfwayMs);
  expect((await take({ symbols: ["AAA"], from: since }, 5)).sort()).toEqual(ofSymbols(["AAA"], 15).sort());
});

it("a group of one's own goes on after the last record that was done with", async () => {
  const options = { symbols: ["CCC"], groupId: "demo-group" };
  expect(await take(options, 4)).toEqual(ofSymbols(["CCC"]).slice(0, 4));
  // The fourth was never followed by asking for a fifth, so it comes again.
  expect(await take(options, 3)).toEqual(ofSymbols(["CCC"]).slice(3, 6));
});

it("a feed ends when its signal comes", async () => {
  const closing = new AbortController();
  const feed = await openFeed({ connection: connection(), from: "beginning", signal: closing.signal });
  let count = 0;
  for await (const _ of feed) if (++count === 30) closing.abort();
  expect(count).toBe(30);
});

it("who has no right to a topic, or to a group's name, is told", async () => {
  const refused = { code: "kafkaAuthorization" };
  await expect(take({ topic: topics.raw }, 1)).rejects.toMatchObject(refused);
  await expect(take({ groupId: "market.indexer" }, 1)).rejects.toMatchObject(refused);
});

it("consume prints the values as JSON lines, stops at the count, and tells where it stands", async () => {
  const { brokers, caFile, users } = broker.server;
  const config = parseConfig(kafkaVariables, {
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TLS_CA: caFile,
    KAFKA_SASL_USERNAME: users.demo.username,
    KAFKA_SASL_PASSWORD: users.demo.password,
  });
  const closing = new AbortController();
  const shutdown = {
    signal: closing.signal,
    stopped: new Promise<void>(() => undefined),
    request: () => closing.abort(),
  };
  let text = "";
  const stdout = {
    write: (chunk: Buffer | string) => {
      text += chunk.toString();
      return true;
    },
    once: () => undefined,
    on: () => undefined,
  };
  const deps = { log: quietLog, shutdown, nowMs: Date.now, stdout, terminal: undefined };
  await runConsume({ config, format: "json", symbols: ["AAA"], from: "beginning", count: 7 }, deps);
  expect(text).toBe(`${ofSymbols(["AAA"]).slice(0, 7).join("\n")}\n`);
});

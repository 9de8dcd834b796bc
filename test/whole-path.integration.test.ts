import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replay } from "../cli/replay/replay.ts";
import { nyse } from "../domain/calendar/nyse.ts";
import { defaultSettings } from "../domain/settings.ts";
import { topicNames } from "../domain/topics.ts";
import { createKafka } from "../runtime/kafka/kafka.ts";
import type { Kafka } from "../runtime/kafka/types.ts";
import { bellwether, type RunningCommand, startBellwether } from "./support/bellwether.ts";
import { quietLog } from "./support/broker.ts";
import { readToEnd } from "./support/read-topic.ts";

/** Recordings are run one after the other over the same servers, each under a topic prefix of its own. */
let servers: RunningCommand;
let administrator: Record<string, string>;
/** The longest recording has 171,685 messages. */
const wholeRunMs = 300_000;
const out = mkdtempSync(join(tmpdir(), "bellwether-whole-path-"));

beforeAll(async () => {
  servers = startBellwether(["local", "--json"]);
  administrator = JSON.parse(await servers.firstLine) as Record<string, string>;
});
afterAll(async () => {
  servers.child.kill("SIGINT");
  const { code } = await servers.ended;
  rmSync(out, { recursive: true, force: true });
  expect(code).toBe(0);
});

const recordings = [
  { name: "walk", directory: "test/recordings/walk", prefix: "walk." },
  { name: "rules", directory: "test/recordings/rules", prefix: "rules." },
  { name: "one real stock as IEX saw it", directory: "../shared/recordings/xxx-iex-2018", prefix: "iex." },
  { name: "one real stock, all venues", directory: "../shared/recordings/xxx-2018", prefix: "all." },
];

describe.each(recordings)("$name, through the whole pipeline", ({ directory, prefix }) => {
  const isThere = existsSync(directory);

  it.skipIf(!isThere)(
    "publishes the values of the offline replay, byte for byte and in order, and indexes each once",
    async () => {
      const offline = join(out, prefix);
      const expected = await replay(directory, offline, defaultSettings(nyse.version));
      const args = ["up", "--feed", directory, "--speed", "max", "--until-end", "--json"];
      const { code, stdout, stderr } = await bellwether(args, { ...administrator, TOPIC_PREFIX: prefix });
      expect(code, stderr).toBe(0);
      const summary = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
      expect(summary.indicators).toEqual(expected.indicators);

      const topics = topicNames(prefix);
      expect(await valuesByPartition(topics.enriched)).toEqual(linesByPartition(join(offline, "enriched.jsonl")));
      expect(await valuesByPartition(topics.candles)).toEqual(linesByPartition(join(offline, "candles.jsonl")));
      expect(summary.deadLettered).toBe(expected.files["dead-letter.jsonl"]?.records);
      expect(await documents(`${prefix.replace(".", "-")}quotes-*`)).toBe(summary.enriched.quotes);
      expect(await documents(`${prefix.replace(".", "-")}trades-*`)).toBe(expected.enriched.trade);
      expect(await documents(`${prefix.replace(".", "-")}candles-*`)).toBe(windowsIn(join(offline, "candles.jsonl")));
    },
    wholeRunMs,
  );
});

it("the consumer prints the bytes as they were published", async () => {
  const prefix = "walk.";
  const offline = readFileSync(join(out, prefix, "enriched.jsonl"), "utf8")
    .trim()
    .split("\n");
  const { code, stdout, stderr } = await bellwether(
    ["consume", "--format", "json", "--from", "beginning", "--count", String(offline.length)],
    { ...administrator, TOPIC_PREFIX: prefix },
  );
  expect(code, stderr).toBe(0);
  expect(stdout.trim().split("\n").sort()).toEqual(offline.sort());
});

it("verify finds nothing wrong with what was published, and a record that is published once more", async () => {
  const walk = { ...administrator, TOPIC_PREFIX: "walk." };
  const clean = await bellwether(["verify", "--json"], walk);
  expect(clean.code, clean.stderr).toBe(0);
  const report = JSON.parse(clean.stdout);
  expect(report).toMatchObject({ missing: 0, duplicated: 0, different: 0 });
  expect(report.equal).toBeGreaterThan(4000);

  const { enriched } = topicNames("walk.");
  const [again] = await readToEnd(kafka(), enriched);
  if (again === undefined) throw new Error("nothing was published");
  // Its fields are read where they lie: they are no properties that could be spread.
  const { key, value, headers } = again;
  const partition = Number(headers["source-partition"]?.toString());
  const sender = await kafka().sender();
  await sender.send(enriched, [{ partition, key, value, headers }]);
  await sender.close();
  const repeated = await bellwether(["verify", "--json"], walk);
  expect(repeated.code).toBe(1);
  expect(JSON.parse(repeated.stdout)).toMatchObject({ equal: report.equal, missing: 0, duplicated: 1, different: 0 });
});

function kafka(): Kafka {
  return createKafka(
    {
      brokers: (administrator["KAFKA_BROKERS"] ?? "").split(","),
      clientId: "test",
      tls: { ca: readFileSync(administrator["KAFKA_TLS_CA"] ?? "", "utf8") },
      sasl: {
        username: administrator["KAFKA_SASL_USERNAME"] ?? "",
        password: administrator["KAFKA_SASL_PASSWORD"] ?? "",
      },
    },
    quietLog,
  );
}

/** Values by symbol, in log order: a symbol has one partition, and records of one partition keep the order of the raw log. */
async function valuesByPartition(topic: string): Promise<Record<string, string[]>> {
  return bySymbol((await readToEnd(kafka(), topic)).map((record) => String(record.value)));
}

function linesByPartition(file: string): Record<string, string[]> {
  const text = readFileSync(file, "utf8");
  return bySymbol(text === "" ? [] : text.trimEnd().split("\n"));
}

function bySymbol(values: readonly string[]): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const value of values) {
    const symbol = /"symbol":("[^"]*"|null)/.exec(value)?.[1] ?? "";
    lists[symbol] ??= [];
    lists[symbol].push(value);
  }
  return lists;
}

/** A revision replaces its candle: one document for each window. */
function windowsIn(file: string): number {
  const candles = readFileSync(file, "utf8").trimEnd().split("\n");
  return new Set(candles.map((candle) => /"symbol":.*?,"end"/.exec(candle)?.[0])).size;
}

async function documents(index: string): Promise<number> {
  await fetch(`${administrator["OPENSEARCH_URL"]}/${index}/_refresh`, { method: "POST" });
  const response = await fetch(`${administrator["OPENSEARCH_URL"]}/${index}/_count`);
  return ((await response.json()) as { count: number }).count;
}

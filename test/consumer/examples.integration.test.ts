import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readAll, until } from "../runtime/kafka/kafka-under-test.ts";
import { startTestBroker, type TestBroker, topics } from "../support/broker.ts";
import { publish } from "./feed-under-test.ts";
import { quoteOf } from "./records.ts";

let broker: TestBroker;
const children: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), "bellwether-examples-"));
const quote = (bidSize: number, quality: readonly "late"[] = []) => ({
  symbol: "AAPL",
  text: JSON.stringify(quoteOf({ symbol: "AAPL", bidSize, quality: [...quality] })),
});
const gap = {
  type: "gap",
  symbol: null,
  from: "2018-01-03T15:00:00Z",
  to: "2018-01-03T15:00:09Z",
  reason: "disconnected",
};
const candle = (revision: number) => ({
  symbol: "AAPL",
  text: `{"type":"candle","symbol":"AAPL","interval":"1m","start":"2018-01-03T15:00:00Z","end":"e","revision":${revision},"close":2,"percentChange":1,"indicator":"Neutral"}`,
});

beforeAll(async () => {
  broker = await startTestBroker();
  const enricher = broker.kafkaFor("enricher");
  await publish(enricher, topics.enriched, [quote(1), quote(2, ["late"]), { symbol: null, text: JSON.stringify(gap) }]);
  await publish(enricher, topics.candles, [candle(0), candle(1)]);
});

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
  await broker?.stop();
});

/** Runs an example as its reader would, with the environment of a customer. */
function run(name: string, ...args: readonly string[]) {
  const { brokers, caFile, users } = broker.server;
  const env = {
    ...process.env,
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TLS_CA: caFile,
    KAFKA_SASL_USERNAME: users.demo.username,
    KAFKA_SASL_PASSWORD: users.demo.password,
  };
  const file = fileURLToPath(new URL(`../../examples/consumer/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const lines: string[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { lines, ended, stop: (signal: NodeJS.Signals) => child.kill(signal) };
}

it("quotes.ts prints what comes from now on", async () => {
  const example = run("quotes");
  // It starts at the latest: until it is there, what is published is not for it.
  let size = 100;
  await until(async () => {
    await publish(broker.kafkaFor("enricher"), topics.enriched, [quote(size)], size++);
    return example.lines.length > 0;
  }, "a quote");
  expect(example.lines[0]).toBe("AAPL 156.005 -0.6591 Neutral");
  example.stop("SIGKILL");
});

it("candles.ts handles each candle, and after a restart only what is new", async () => {
  const first = run("candles");
  await until(() => first.lines.length === 2, "two candles");
  first.stop("SIGINT");
  expect(await first.ended).toBe(0);
  expect(first.lines[1]).toBe("AAPL 1m 2018-01-03T15:00:00Z revision 1: 2 (1) Neutral");
  await publish(broker.kafkaFor("enricher"), topics.candles, [candle(2)], 2);
  const second = run("candles");
  await until(() => second.lines.length > 0, "the next candle");
  second.stop("SIGINT");
  expect(await second.ended).toBe(0);
  expect(second.lines).toEqual(["AAPL 1m 2018-01-03T15:00:00Z revision 2: 2 (1) Neutral"]);
});

it("stored-position.ts counts each quote once, though it is killed", async () => {
  const file = join(folder, "counts.json");
  const count = () =>
    (JSON.parse(readFileSync(file, "utf8")) as { quotesBySymbol: { AAPL: number } }).quotesBySymbol.AAPL;
  const first = run("stored-position", file);
  await until(() => first.lines.length > 0, "a count");
  first.stop("SIGKILL");
  await first.ended;
  await publish(broker.kafkaFor("enricher"), topics.enriched, [quote(1), quote(2), quote(3)], 1000);
  const published = await readAll(broker.kafkaFor("admin"), topics.enriched);
  const quotes = published.filter(({ value }) => JSON.parse(String(value)).type === "quote");
  const second = run("stored-position", file);
  await until(() => count() === quotes.length, "each quote");
  second.stop("SIGKILL");
});

it("watchful.ts tells kinds, gaps and lateness apart", async () => {
  const example = run("watchful");
  const expected = [
    "quote AAPL 2018-01-03T15:00:00.123456Z",
    "quote AAPL 2018-01-03T15:00:00.123456Z (late)",
    "gap of all symbols 2018-01-03T15:00:00Z to 2018-01-03T15:00:09Z: disconnected",
    "candle AAPL 2018-01-03T15:00:00Z ",
  ];
  await until(() => expected.every((line) => example.lines.includes(line)), "all of it");
  expect(example.lines.filter((line) => line.startsWith("gap of"))).toHaveLength(1);
  example.stop("SIGKILL");
});

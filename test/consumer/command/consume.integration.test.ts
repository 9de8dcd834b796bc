import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readerRights } from "../../../domain/entitlements/identities.ts";
import { createClusterAdmin } from "../../../runtime/kafka/cluster-admin.ts";
import { bellwether } from "../../support/bellwether.ts";
import { quietLog, startTestBroker, type TestBroker, topics } from "../../support/broker.ts";
import { publish } from "../feed-under-test.ts";
import { quoteOf } from "../records.ts";

let broker: TestBroker;
let variables: Readonly<Record<string, string>>;
const symbols = ["AAA", "BBB"];
const quotes = Array.from({ length: 2000 }, (_, n) => {
  const symbol = symbols[n % 2] ?? "";
  return { symbol, text: JSON.stringify(quoteOf({ symbol, bidSize: n })) };
});
const trade = {
  type: "trade",
  symbol: "AAA",
  eventTime: "2018-01-03T15:00:00Z",
  tradeId: 7,
  exchange: "V",
  price: 1.5,
};
const candle = { type: "candle", symbol: "AAA", interval: "1m", start: "s", end: "e", revision: 0, open: 1, close: 2 };

beforeAll(async () => {
  broker = await startTestBroker();
  const enricher = broker.kafkaFor("enricher");
  await publish(enricher, topics.enriched, [...quotes, { symbol: "AAA", text: JSON.stringify(trade) }]);
  await publish(enricher, topics.candles, [{ symbol: "AAA", text: JSON.stringify(candle) }]);
  const { brokers, caFile, users } = broker.server;
  variables = {
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TLS_CA: caFile,
    KAFKA_SASL_USERNAME: users.demo.username,
    KAFKA_SASL_PASSWORD: users.demo.password,
  };
});

afterAll(async () => {
  await broker?.stop();
});

const consume = (...args: readonly string[]) => bellwether(["consume", "--from", "beginning", ...args], variables);

it("json prints the values byte for byte, of the symbols asked for, and stops at the count", async () => {
  const { code, stdout } = await consume("--format", "json", "--symbols", "AAA", "--count", "7");
  expect(code).toBe(0);
  const ofAAA = quotes.filter(({ symbol }) => symbol === "AAA").map(({ text }) => text);
  expect(stdout).toBe(`${ofAAA.slice(0, 7).join("\n")}\n`);
});

it("other kinds are found on their own topics", async () => {
  const candles = await consume("--format", "json", "--candles", "--count", "1");
  expect(candles.stderr).toContain(`topics="${topics.candles}"`);
  expect(JSON.parse(candles.stdout)).toEqual(candle);
  const trades = await consume("--format", "csv", "--trades", "--count", "1");
  const [heading, row] = trades.stdout.split("\n");
  expect(heading).toMatch(/^symbol,eventTime,tradeId,exchange,price,size,conditions,/);
  expect(row).toMatch(/^AAA,2018-01-03T15:00:00Z,7,V,1.5,,,/);
});

it("a customer of a product sees all that its topic holds, and of another topic nothing", async () => {
  const topic = "acmebars";
  const bar =
    '{"symbol":"AAA","close":1,"open":1,"low":1,"high":1,"volume":5,"timestamp":"2018-01-03 15:00:00","%change":null,"indicator":null}';
  const { brokers, ca, users } = broker.server;
  const connection = { brokers, clientId: "test", tls: { ca }, sasl: users.admin };
  const kafkaAdmin = await broker.kafkaFor("admin").admin();
  await kafkaAdmin.ensureTopics([{ topic, partitions: 12, configs: {} }]);
  await kafkaAdmin.close();
  const password = "a-password-of-more-than-32-characters";
  const admin = createClusterAdmin(connection, quietLog);
  await admin.putScramUser("acme", password);
  await admin.createAcls(readerRights({ username: "acme", secret: "" }, "acme", [topic]));
  admin.close();
  await publish(broker.kafkaFor("admin"), topic, [{ symbol: "AAA", text: bar }]);
  const asAcme = { ...variables, KAFKA_SASL_USERNAME: "acme", KAFKA_SASL_PASSWORD: password };
  const options = ["consume", "--from", "beginning", "--count", "1"];
  expect((await bellwether([...options, "--format", "json"], asAcme)).stdout).toBe(`${bar}\n`);
  const csv = await bellwether([...options, "--format", "csv", "--minute-bars"], asAcme);
  expect(csv.stdout.split("\n")[1]).toBe("AAA,1,1,1,1,5,2018-01-03 15:00:00,,");
  const refused = await bellwether([...options, "--topic", topics.enriched], asAcme);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(topics.enriched) });
});

it("a table in a pipe is lines of text with no colour and no cursor's moves", async () => {
  const { stdout } = await consume("--count", "3", "--symbols", "BBB");
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toMatch(/^BBB +156\.00 +156\.01 +156\.005 +157\.04 +-0\.66% +Neutral +2018-/);
});

it("a group goes on where it left off", async () => {
  const options = ["--format", "json", "--symbols", "BBB", "--group", "shell", "--count", "2"];
  const sizeOf = (line: string) => (JSON.parse(line) as { bidSize: number }).bidSize;
  const runs = [await consume(...options), await consume(...options)];
  expect(runs.flatMap(({ stdout }) => stdout.trim().split("\n").map(sizeOf))).toEqual([1, 3, 5, 7]);
});

it("a reader that goes away ends it quietly", async () => {
  const main = fileURLToPath(new URL("../../../cli/main.ts", import.meta.url));
  const command = `"${process.execPath}" "${main}" consume --format json --from beginning | head -n 3; echo "\${PIPESTATUS[0]}"`;
  const child = spawn("bash", ["-c", command], { env: { ...process.env, ...variables, LOG_LEVEL: "warn" } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  await new Promise((resolve) => child.on("close", resolve));
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("0");
  expect(stderr).toBe("");
});

it("wrong usage is told with exit code 2, a refused password with 1 and what to do", async () => {
  expect((await consume("--format", "csv", "--trades", "--alerts")).code).toBe(2);
  const refused = await bellwether(["consume"], { ...variables, KAFKA_SASL_PASSWORD: "wrong" });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("rotated or withdrawn") });
  expect(refused.stderr).not.toContain("wrong");
});

it("consume check prints a line for each step, and exits 1 where one fails", async () => {
  const well = await bellwether(["consume", "check"], variables);
  expect(well).toMatchObject({ code: 0, stdout: expect.stringMatching(/ok +first record: \d+ bytes from/) });
  const failing = await bellwether(["consume", "check", "--topic", topics.raw, "--json"], variables);
  expect(failing.code).toBe(1);
  const steps = failing.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { outcome: string });
  expect(steps.at(-1)).toMatchObject({ step: `topic ${topics.raw}`, outcome: "failed" });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer as createPlainServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkFeed } from "../../../consumer/check/check.ts";
import type { CheckResult } from "../../../consumer/check/step.ts";
import { issueAuthority, issueServerCertificate } from "../../../local/kafka/certificate.ts";
import { type RunningKafka, startKafka } from "../../../local/kafka/start-kafka.ts";
import { freePort } from "../../../local/process/ports.ts";
import { quietLog, startTestBroker, type TestBroker, topics } from "../../support/broker.ts";
import { publish } from "../feed-under-test.ts";
import { quoteOf } from "../records.ts";

let broker: TestBroker;
const servers: Server[] = [];
const folder = mkdtempSync(join(tmpdir(), "bellwether-check-"));

beforeAll(async () => {
  broker = await startTestBroker();
  const quote = { symbol: "AAA", text: JSON.stringify(quoteOf({ symbol: "AAA" })) };
  await publish(broker.kafkaFor("enricher"), topics.enriched, [quote]);
});

afterAll(async () => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
  await broker?.stop();
});

function environmentOf({ brokers, caFile, users }: RunningKafka, more: Readonly<Record<string, string>> = {}) {
  return {
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TLS_CA: caFile,
    KAFKA_SASL_USERNAME: users.demo.username,
    KAFKA_SASL_PASSWORD: users.demo.password,
    ...more,
  };
}

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function check(
  more: Readonly<Record<string, string>> = {},
  options: { readonly topic?: string; readonly group?: string; readonly timeoutMs?: number } = {},
): Promise<readonly CheckResult[]> {
  const environment = environmentOf(broker.server, more);
  return collect(checkFeed({ environment, timeoutMs: 20_000, ...options, log: quietLog, nowMs: Date.now }));
}

const outcomes = (results: readonly CheckResult[]) => results.map(({ step, outcome }) => [step.split(" ")[0], outcome]);

/** What failed: the last step, because nothing after it can be looked at. */
function failureOf(results: readonly CheckResult[]): CheckResult {
  const failures = results.filter(({ outcome }) => outcome === "failed");
  expect(failures).toHaveLength(1);
  expect(results.at(-1)).toBe(failures[0]);
  return failures[0] as CheckResult;
}

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A TLS server with a certificate for these names between these days from now, and the file of its authority. */
async function tlsServer(ipAddresses: readonly string[], fromDays: number, toDays: number) {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000);
  const commonName = "Test authority";
  const authority = issueAuthority({ commonName, notBefore: day(-30), notAfter: day(300) });
  const names = { commonName: "test", dnsNames: ["b-1.example"], ipAddresses };
  const issued = issueServerCertificate(
    { ...authority, commonName },
    { ...names, notBefore: day(fromDays), notAfter: day(toDays) },
  );
  const caFile = join(folder, `ca-${servers.length}.pem`);
  writeFileSync(caFile, authority.certificate);
  const server = createTlsServer({ key: issued.privateKey, cert: issued.certificate }, (socket) => {
    socket.on("error", () => undefined);
    socket.end();
  });
  server.on("tlsClientError", () => undefined);
  return { KAFKA_BROKERS: await listen(server), KAFKA_TLS_CA: caFile };
}

it("where all is well, each step says what it found, up to the first record", async () => {
  const results = await check();
  expect(outcomes(results)).toEqual([
    ["configuration", "ok"],
    ["dns", "ok"],
    ["tcp", "ok"],
    ["tls", "ok"],
    ["password", "ok"],
    ["topic", "ok"],
    ["group", "ok"],
    ["read", "ok"],
    ["first", "ok"],
  ]);
  expect(results.at(-1)?.found).toContain(`from ${topics.enriched}/`);
});

it("a configuration with faults is told first, and shows no password", async () => {
  const failure = failureOf(await check({ KAFKA_BROKERS: "nowhere", KAFKA_SASL_PASSWORD: "hush" }));
  expect(failure).toMatchObject({ step: "configuration", found: expect.stringContaining("KAFKA_BROKERS") });
  expect(JSON.stringify(failure)).not.toContain("hush");
});

it("a name with no address: the VPC's DNS", async () => {
  const failure = failureOf(await check({ KAFKA_BROKERS: "b-1.no-such-cluster.invalid:14001" }));
  expect(failure.step).toBe("dns b-1.no-such-cluster.invalid");
  expect(failure.remedy?.join()).toMatch(/enableDnsSupport.*AZ id/);
});

it("a closed port: the port of the bootstrap string", async () => {
  const failure = failureOf(await check({ KAFKA_BROKERS: `127.0.0.1:${await freePort()}` }));
  expect(failure).toMatchObject({ step: expect.stringMatching(/^tcp /), found: "ECONNREFUSED" });
  expect(failure.remedy?.join()).toMatch(/14001-14100/);
});

it("one bootstrap broker of two that is out of reach is told, and the way goes on over the other", async () => {
  const closed = `127.0.0.1:${await freePort()}`;
  const results = await check({ KAFKA_BROKERS: `${closed},${broker.server.brokers[0]}` });
  expect(results.filter(({ outcome }) => outcome === "failed").map(({ step }) => step)).toEqual([`tcp ${closed}`]);
  expect(results.at(-1)?.step).toBe("first record");
});

it("a port that speaks no TLS", async () => {
  const server = createPlainServer((socket) => socket.on("error", () => undefined).end("hello\n"));
  const failure = failureOf(await check({ KAFKA_BROKERS: await listen(server) }));
  expect(failure.step).toMatch(/^tls /);
  expect(failure.remedy?.join()).toMatch(/KAFKA_TLS=off/);
});

it("a port that accepts and says nothing is given up after the time given", async () => {
  const server = createPlainServer((socket) => socket.on("error", () => undefined));
  const environment = environmentOf(broker.server, { KAFKA_BROKERS: await listen(server) });
  const checking = checkFeed({ environment, timeoutMs: 100, log: quietLog, nowMs: Date.now });
  expect(failureOf(await collect(checking)).found).toBe("no handshake: no answer");
});

it.each([
  [
    "another authority",
    async () => ({ KAFKA_TLS_CA: (await tlsServer(["127.0.0.1"], -1, 100)).KAFKA_TLS_CA }),
    /authority/,
  ],
  ["a certificate that has ended", () => tlsServer(["127.0.0.1"], -20, -1), /CERT_HAS_EXPIRED.*renew/],
  ["a certificate of the future", () => tlsServer(["127.0.0.1"], 1, 100), /CERT_NOT_YET_VALID.*clock/],
  ["a certificate of another name", () => tlsServer(["127.0.0.2"], -1, 100), /ERR_TLS_CERT_ALTNAME_INVALID.*names/],
])("%s", async (_what, server, expected) => {
  const failure = failureOf(await check(await server()));
  expect(failure.step).toMatch(/^tls /);
  expect([failure.found, ...(failure.remedy ?? [])].join(" ")).toMatch(expected);
});

it("a certificate that ends within two weeks is a warning", async () => {
  // What it leads to says nothing that a client understands, and is waited for.
  const results = await check(await tlsServer(["127.0.0.1"], -1, 10), { timeoutMs: 3000 });
  expect(results[3]).toMatchObject({ outcome: "warning", remedy: [expect.stringContaining("ends soon")] });
});

it("a wrong password", async () => {
  const failure = failureOf(await check({ KAFKA_SASL_PASSWORD: "wrong" }));
  expect(failure.step).toBe("password of demo");
  expect(failure.remedy?.join()).toMatch(/rotated.*authentication scheme.*policy/);
});

it("a broker that sends its clients to where it cannot be reached, though the bootstrap is well", async () => {
  const closed = await freePort();
  const server = await startKafka({
    environment: process.env,
    extraConfig: { "advertised.listeners": `SASL_SSL://127.0.0.1:${closed}` },
  });
  try {
    const checking = checkFeed({ environment: environmentOf(server), timeoutMs: 3000, log: quietLog, nowMs: Date.now });
    const failure = failureOf(await collect(checking));
    expect(failure.step).toBe(`tcp 127.0.0.1:${closed}`);
    expect(failure.remedy?.[0]).toContain(`sends clients to 127.0.0.1:${closed}`);
  } finally {
    await server.stop();
  }
});

it("a topic that the rights do not show, or a user who sees none", async () => {
  const failure = failureOf(await check({}, { topic: topics.raw }));
  expect(failure).toMatchObject({ step: `topic ${topics.raw}`, found: expect.stringContaining("no right") });
  const nobody = await broker.server.createScramUser("nobody");
  const blind = { KAFKA_SASL_USERNAME: nobody.username, KAFKA_SASL_PASSWORD: nobody.password };
  expect(failureOf(await check(blind)).found).toContain("no topic at all");
});

it("a topic that may be seen and not read, and a group that may not be joined", async () => {
  const admin = await broker.kafkaFor("admin").admin();
  const right = { principal: "User:half", resource: "topic", name: topics.alerts, pattern: "literal" } as const;
  const half = await broker.server.createScramUser("half");
  const asHalf = { KAFKA_SASL_USERNAME: half.username, KAFKA_SASL_PASSWORD: half.password };
  await admin.ensureAcls([{ ...right, operation: "describe" }]);
  expect(failureOf(await check(asHalf))).toMatchObject({ step: "group half-*" });
  const group = { ...right, resource: "group", name: "half-", pattern: "prefixed", operation: "read" } as const;
  await admin.ensureAcls([group]);
  expect(failureOf(await check(asHalf))).toMatchObject({ step: `read ${topics.alerts}` });
  await admin.close();
});

it("an empty topic is no fault of the way: a warning", async () => {
  const results = await check({}, { topic: topics.alerts });
  expect(results.at(-1)).toMatchObject({ step: "first record", outcome: "warning", found: "none" });
  expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { provision } from "../../cli/servers/provision.ts";
import { connectionFromEnvironment, type FeedConnection, type Notice, openFeed } from "../../consumer/index.ts";
import { readerRights } from "../../domain/entitlements/identities.ts";
import { type RunningKafka, startKafka } from "../../local/kafka/start-kafka.ts";
import { freePort } from "../../local/process/ports.ts";
import { createAccessProbe } from "../../runtime/kafka/access-probe.ts";
import { type ClusterAdmin, createClusterAdmin } from "../../runtime/kafka/cluster-admin.ts";
import { breakingProxy } from "../runtime/kafka/breaking-proxy.ts";
import { kafkaAs, until } from "../runtime/kafka/kafka-under-test.ts";
import { quietLog, topics } from "../support/broker.ts";
import { publish } from "./feed-under-test.ts";
import { quoteOf } from "./records.ts";

let server: RunningKafka;
let admin: ClusterAdmin;
let proxy: Awaited<ReturnType<typeof breakingProxy>>;
let published = 0;
let secret = { username: "", password: "" };
let secretReads = 0;
/** What a customer's program is given: the secret's ARN of another account. */
const secretId = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:market.customer.acme.acme-AbCdEf";
const secretsManager = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    secretReads++;
    const isAsked = (JSON.parse(body) as { SecretId: string }).SecretId === secretId;
    response.writeHead(isAsked ? 200 : 400, { "Content-Type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ SecretString: JSON.stringify(secret) }));
  });
});

beforeAll(async () => {
  process.env["AWS_ACCESS_KEY_ID"] = "test";
  process.env["AWS_SECRET_ACCESS_KEY"] = "test";
  await new Promise<void>((resolve) => secretsManager.listen(0, "127.0.0.1", resolve));
  const port = await freePort();
  proxy = await breakingProxy(port);
  // Every connection, and not only the first, goes through the proxy.
  const extraConfig = { "advertised.listeners": `SASL_SSL://127.0.0.1:${proxy.port}` };
  server = await startKafka({ environment: process.env, port, extraConfig });
  const own = await kafkaAs(server, server.users.admin).admin();
  await provision(own, "market.", true);
  await own.close();
  const connection = { brokers: server.brokers, clientId: "test", tls: { ca: server.ca }, sasl: server.users.admin };
  admin = createClusterAdmin(connection, quietLog);
});

afterAll(async () => {
  admin?.close();
  await server?.stop();
  proxy?.close();
  secretsManager.close();
});

const password = (n: number) => `a-password-of-more-than-32-characters-${n}`;

/** A user with the rights of a customer of the full feed. */
async function makeUser(username: string, n = 1): Promise<FeedConnection> {
  await admin.putScramUser(username, password(n));
  const user = username.replace(/-2$/, "");
  await admin.createAcls(readerRights({ username, secret: "" }, user, [topics.enriched]));
  const brokers = [`127.0.0.1:${proxy.port}`];
  return { brokers, tls: { ca: server.ca }, sasl: { username, password: password(n) } };
}

async function signsIn(sasl: { readonly username: string; readonly password: string }): Promise<boolean> {
  const connection = { brokers: server.brokers, clientId: "test", tls: { ca: server.ca }, sasl };
  const probe = createAccessProbe(connection, quietLog);
  const outcome = await probe.attempt({ try: "signIn" }).finally(() => probe.close());
  return outcome === "allowed";
}

/** The broker takes a moment more than the cluster. */
async function changePassword(username: string, n: number): Promise<void> {
  await admin.putScramUser(username, password(n));
  await until(() => signsIn({ username, password: password(n) }), "the new password");
}

/** Publishes quotes numbered on from the last, as `bidSize`. */
async function publishQuotes(count: number): Promise<void> {
  const values = Array.from({ length: count }, (_, n) => ({
    symbol: "AAA",
    text: JSON.stringify(quoteOf({ symbol: "AAA", bidSize: published + n })),
  }));
  await publish(kafkaAs(server, server.users.enricher), topics.enriched, values, published);
  published += count;
}

/** Reads quotes in the background, from the latest on. */
async function reading(connection: FeedConnection, ready = true) {
  const notices: Notice[] = [];
  const sizes: number[] = [];
  const feed = await openFeed({ connection });
  const stream = feed.quotes({ from: "beginning", onNotice: (notice) => notices.push(notice) });
  const end = stream
    .each(({ bidSize = -1 }) => sizes.push(bidSize))
    .then(
      () => null,
      (error: unknown) => error,
    );
  const caughtUp = () => until(() => sizes.length === published, `${published} quotes`);
  if (ready) await caughtUp();
  return { notices, sizes, end, caughtUp, close: () => feed.close() };
}

const kinds = (notices: readonly Notice[]) => notices.map(({ kind }) => kind);

it("a rotation from one identity to the other is followed by itself: no quote is lost, none comes twice", async () => {
  await publishQuotes(5);
  secret = { username: "acme", password: password(1) };
  const { brokers } = await makeUser("acme");
  const connection = await connectionFromEnvironment({
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TLS_CA: server.caFile,
    KAFKA_SECRET_ID: secretId,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(secretsManager.address() as AddressInfo).port}`,
  });
  const reader = await reading(connection);
  await makeUser("acme-2", 2);
  secret = { username: "acme-2", password: password(2) };
  await admin.removeScramUser("acme");
  await until(async () => !(await signsIn({ username: "acme", password: password(1) })), "the old identity's end");
  await publishQuotes(5);
  proxy.cut();
  await publishQuotes(5);
  await reader.caughtUp();
  expect(reader.sizes).toEqual(Array.from({ length: published }, (_, n) => n));
  expect(secretReads).toBe(2);
  await reader.close();
  expect(await reader.end).toBeNull();
});

it("where the cluster has the new password before the secret does, the reader says so and waits", async () => {
  let held = { username: "late", password: password(1) };
  const connection = { ...(await makeUser("late")), renewSasl: async () => held };
  const reader = await reading(connection);
  await changePassword("late", 2);
  proxy.cut();
  await until(() => reader.notices.length > 0, "a notice");
  expect(reader.notices[0]).toMatchObject({ kind: "outOfReach", error: { code: "kafkaUnreachable" } });
  held = { username: "late", password: password(2) };
  await publishQuotes(3);
  await reader.caughtUp();
  await until(() => reader.notices.at(-1)?.kind === "backInReach", "the end of the trouble");
  await reader.close();
});

it("a password that was changed, and cannot be read again, ends the stream when it has to sign in anew", async () => {
  const reader = await reading(await makeUser("fixed"));
  await changePassword("fixed", 2);
  proxy.cut();
  expect(await reader.end).toMatchObject({
    code: "kafkaAuthentication",
    remedy: expect.stringMatching(/fixed.*rotated/),
  });
  await reader.close();
});

it("a right to the topic that is taken away ends the stream, and names the topic", async () => {
  const reader = await reading(await makeUser("former"));
  const [topic] = readerRights({ username: "former", secret: "" }, "former", [topics.enriched]);
  await admin.deleteAcls(topic === undefined ? [] : [topic]);
  expect(await reader.end).toMatchObject({
    code: "kafkaAuthorization",
    message: expect.stringContaining(topics.enriched),
    remedy: expect.stringMatching(/provider.*former/),
  });
  await reader.close();
});

it("a right to the groups that is taken away ends the stream, and names the group", async () => {
  const reader = await reading(await makeUser("lonely"));
  const [, group] = readerRights({ username: "lonely", secret: "" }, "lonely", [topics.enriched]);
  await admin.deleteAcls(group === undefined ? [] : [group]);
  const fault = await reader.end;
  expect(fault).toMatchObject({ code: "kafkaAuthorization", message: expect.stringContaining("group lonely-") });
  expect(fault).toMatchObject({ remedy: expect.stringContaining("lonely-") });
  await reader.close();
});

it("records that are no longer kept are told as missed, and the stream goes on", async () => {
  const connection = await makeUser("slow");
  const stored = [{ topic: topics.enriched, partition: 0, offset: 900 }];
  const notices: Notice[] = [];
  const feed = await openFeed({ connection });
  const stream = feed.quotes({ from: stored, onNotice: (notice) => notices.push(notice) });
  const end = stream.each(() => undefined);
  await until(() => notices.length > 0, "a notice");
  expect(notices[0]).toEqual({ kind: "skipped", position: stored[0], firstOffset: 0 });
  await feed.close();
  await end;
});

it("brokers that are out of reach are told at the start, and while reading they are waited for", async () => {
  const connection = await makeUser("patient");
  const nowhere = await openFeed({ connection: { ...connection, brokers: [`127.0.0.1:${await freePort()}`] } });
  await expect(nowhere.topics()).rejects.toMatchObject({
    code: "kafkaUnreachable",
    remedy: expect.stringContaining("consume check"),
  });
  const reader = await reading(connection);
  proxy.stop();
  await until(() => reader.notices.length > 0, "a notice");
  proxy.start();
  await publishQuotes(2);
  await reader.caughtUp();
  await until(() => kinds(reader.notices).includes("backInReach"), "the end of the trouble");
  expect(reader.sizes).toEqual(Array.from({ length: published }, (_, n) => n));
  await reader.close();
});

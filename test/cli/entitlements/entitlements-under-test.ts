import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { entitlementsCommand } from "../../../cli/commands/entitlements.ts";
import type { CheckLine } from "../../../cli/entitlements/check.ts";
import { type ClusterAdmin, createClusterAdmin } from "../../../runtime/kafka/cluster-admin.ts";
import { createKafka } from "../../../runtime/kafka/kafka.ts";
import type { Kafka } from "../../../runtime/kafka/types.ts";
import type { Credentials } from "../../../runtime/secrets/secret-store.ts";
import { readAll, recordOf } from "../../runtime/kafka/kafka-under-test.ts";
import { quietLog, startTestBroker, type TestBroker } from "../../support/broker.ts";

// One broker a test file: each file has this module to itself.
let broker: TestBroker;
/** The administrator of the broker. */
export let admin: ClusterAdmin;
/** Of the test's own files. */
export let folder = "";

/** Starts a broker, and gives this process the environment of its administrator. */
export async function start(): Promise<void> {
  broker = await startTestBroker();
  folder = await mkdtemp(join(tmpdir(), "entitlements-"));
  const { brokers, ca, caFile, users, authorizerLogFile } = broker.server;
  admin = createClusterAdmin({ brokers, clientId: "test-admin", tls: { ca }, sasl: users.admin }, quietLog);
  Object.assign(process.env, {
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TLS_CA: caFile,
    KAFKA_SASL_USERNAME: users.admin.username,
    KAFKA_SASL_PASSWORD: users.admin.password,
    KAFKA_AUTHORIZER_LOG: authorizerLogFile,
    ENTITLEMENTS_FILE: join(folder, "entitlements.yaml"),
    AWS_REGION: "",
    AWS_ENDPOINT_URL: "",
  });
}

export async function stop(): Promise<void> {
  admin.close();
  await broker.stop();
  await rm(folder, { recursive: true });
}

/** Runs `bellwether entitlements`, in this process, with this file where one is given. */
export async function entitlements(words: string, file?: string, more = ["--secrets-dir", join(folder, "secrets")]) {
  if (file !== undefined) await writeFile(join(folder, "entitlements.yaml"), file);
  const secrets = /^(plan|apply|check|rotate)/.test(words) ? more : [];
  const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    await entitlementsCommand().parseAsync([...words.split(" "), ...secrets], { from: "user" });
    const text = (spy: typeof stdout) => spy.mock.calls.map(([chunk]) => String(chunk)).join("");
    return { code: process.exitCode ?? 0, stdout: text(stdout), stderr: text(stderr) };
  } finally {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  }
}

export async function apply(file: string): Promise<string> {
  const { code, stdout, stderr } = await entitlements("apply", file);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return stdout;
}

export async function check(): Promise<readonly CheckLine[]> {
  const { stdout } = await entitlements("check --json");
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as CheckLine);
}

/** What the customer's programs read. */
export async function secretOf(customer: string, user: string): Promise<Credentials> {
  const file = join(folder, "secrets", `market.customer.${customer}.${user}.json`);
  return JSON.parse(await readFile(file, "utf8")) as Credentials;
}

export function kafkaAs(sasl: Credentials): Kafka {
  const { brokers, ca } = broker.server;
  return createKafka({ brokers, clientId: "test-customer", tls: { ca }, sasl }, quietLog);
}

export function distributorEnvironment(): Record<string, string> {
  const { brokers, caFile, users } = broker.server;
  return {
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TLS_CA: caFile,
    KAFKA_SASL_USERNAME: users.distributor.username,
    KAFKA_SASL_PASSWORD: users.distributor.password,
  };
}

export async function makeTopic(topic: string): Promise<void> {
  const maker = await broker.kafkaFor("admin").admin();
  await maker.ensureTopics([{ topic, partitions: 1, configs: {} }]);
  await maker.close();
}

export async function publish(topic: string, value: string, key = "XXX"): Promise<void> {
  const sender = await broker.kafkaFor("admin").sender();
  await sender.send(topic, [recordOf(value, 0, { key })]);
  await sender.close();
}

export const valuesOf = async (kafka: Kafka, topic: string) =>
  (await readAll(kafka, topic)).map(({ value }) => String(value));

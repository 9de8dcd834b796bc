import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import * as handler from "../../../infra/handlers/entitlements/handler.ts";
import { operate } from "../../../infra/handlers/entitlements/handler.ts";
import { type ClusterAdmin, createClusterAdmin } from "../../../runtime/kafka/cluster-admin.ts";
import { createKafka } from "../../../runtime/kafka/kafka.ts";
import type { Credentials } from "../../../runtime/secrets/secret-store.ts";
import { readAll } from "../../runtime/kafka/kafka-under-test.ts";
import { withoutAws } from "../../support/aws-stand-in.ts";
import { quietLog, startTestBroker, type TestBroker } from "../../support/broker.ts";
import { clusterArn } from "../../support/fake-msk/fake-cluster.ts";
import { type FakeMsk, startFakeMsk, throttled } from "../../support/fake-msk/fake-msk.ts";
import { type FakeSecretsManager, secretArnOf, startFakeSecretsManager } from "../../support/fake-secrets-manager.ts";
import { startFakeSecurityPlugin } from "../../support/fake-security-plugin.ts";
import { type Asked, type RunOptions, runResource } from "../../support/provider-framework.ts";

/*
 * The real handler against a real broker, with stand-ins of MSK's control plane and of Secrets Manager behind the real SDK. As with MSK, the broker learns
 * of a user when its secret is associated. The handler signs in with SCRAM here: a local broker knows no IAM.
 */

withoutAws();

let broker: TestBroker;
let admin: ClusterAdmin;
let msk: FakeMsk;
let manager: FakeSecretsManager;
let folderOfDocument: string;

beforeAll(async () => {
  broker = await startTestBroker();
  const { brokers, ca, caFile, users } = broker.server;
  admin = createClusterAdmin({ brokers, clientId: "test-admin", tls: { ca }, sasl: users.admin }, quietLog);
  vi.stubEnv("KAFKA_AUTH", "scram");
  vi.stubEnv("KAFKA_TLS_CA", caFile);
  vi.stubEnv("KAFKA_SASL_USERNAME", users.admin.username);
  vi.stubEnv("KAFKA_SASL_PASSWORD", users.admin.password);
  manager = await startFakeSecretsManager();
  msk = await startFakeMsk({
    secretsManager: manager.endpoint,
    onChange: async (arn, change) => {
      const [name = "", held] = [...manager.secrets].find(([each]) => secretArnOf(each) === arn) ?? [];
      if (change === "disassociated") return admin.removeScramUser(name.replace("AmazonMSK_market.", ""));
      const { username, password } = JSON.parse(held?.text ?? "") as Credentials;
      return admin.putScramUser(username, password);
    },
  });
  vi.stubEnv("AWS_ENDPOINT_URL", msk.endpoint);
  // What the function that people invoke has in its environment.
  folderOfDocument = await mkdtemp(join(tmpdir(), "entitlements-"));
  const file = join(folderOfDocument, "entitlements.yaml");
  await writeFile(file, both);
  vi.stubEnv("ENTITLEMENTS_FILE", file);
  vi.stubEnv("KAFKA_BROKERS", brokers.join(","));
  vi.stubEnv("MSK_CLUSTER_ARN", clusterArn);
  vi.stubEnv("TOPIC_PREFIX", "market.");
  vi.stubEnv("SECRETS_KMS_KEY", "key-1");
});
afterAll(async () => {
  admin.close();
  msk.close();
  manager.close();
  await broker.stop();
  await rm(folderOfDocument, { recursive: true });
});

const logged: string[] = [];
beforeEach(() => {
  logged.length = 0;
  vi.spyOn(process.stderr, "write").mockImplementation((line) => logged.push(String(line)) > 0);
});
afterEach(() => void vi.restoreAllMocks());

const products = `products:
  full: { symbols: "*", kinds: [quotes, trades, candles] }
  cut: { symbols: [AAPL, MSFT], kinds: [quotes], columns: [bidPrice] }
`;
const acme = '  acme: { account: "111122223333", products: [full], users: [alice] }\n';
const beta = '  beta: { account: "444455556666", products: [cut], users: [bob] }\n';
const both = `${products}customers:\n${acme}${beta}`;

function deploy(
  type: Asked["type"],
  document: string,
  more: Readonly<Record<string, string>> = {},
  options: RunOptions = {},
) {
  const bootstrapBrokers = broker.server.brokers.join(",");
  const properties = { document, topicPrefix: "market.", clusterArn, bootstrapBrokers, kmsKeyArn: "key-1", ...more };
  return runResource(handler, { type, properties }, options);
}

const credentialsOf = (secret: string) => JSON.parse(manager.secrets.get(secret)?.text ?? "") as Credentials;
function kafkaAs(sasl: Credentials) {
  const { brokers, ca } = broker.server;
  return createKafka({ brokers, clientId: "test-customer", tls: { ca }, sasl }, quietLog);
}
const refused = { code: "kafkaAuthorization" };

it("a deployment makes customers' users, secrets and rights, and nothing of a password leaves the store", async () => {
  const created = await deploy("Create", both);
  expect(created.data).toEqual({});
  expect([...msk.secrets.associated]).toEqual(["alice", "bob"].map((user) => secretArnOf(`AmazonMSK_market.${user}`)));
  const held = manager.secrets.get("market.customer.beta.bob");
  expect(held?.kmsKeyId).toBe("key-1");
  expect(held?.policy).toContain("arn:aws:iam::444455556666:root");
  const bob = kafkaAs(credentialsOf("market.customer.beta.bob"));
  expect(await readAll(bob, "market.product.cut")).toEqual([]);
  await expect(readAll(bob, "market.enriched")).rejects.toMatchObject(refused);
  expect(logged.join("")).toContain("+ user bob: signs in with AmazonMSK_market.bob");
  for (const { text } of manager.secrets.values()) {
    expect(logged.join("")).not.toContain((JSON.parse(text) as Credentials).password);
  }
});

it("the same request again changes nothing", async () => {
  const before = credentialsOf("market.customer.beta.bob");
  const again = await deploy("Update", both);
  expect(again.physicalResourceId).toBe((await deploy("Create", both)).physicalResourceId);
  expect(logged.filter((line) => line.includes("Nothing to change."))).toHaveLength(2);
  expect(credentialsOf("market.customer.beta.bob")).toEqual(before);
});

it("a file with faults fails before anything is changed, with their lines", async () => {
  const faulty = both.replace("products: [cut]", "products: [cutt]");
  await expect(deploy("Update", faulty)).rejects.toThrow(/line \d+: customers.beta.products "cutt": there is no such/);
});

it("a product that becomes narrower fails as apply does, and says what can be done", async () => {
  const acls = await admin.acls();
  const narrower = both.replace("[AAPL, MSFT]", "[AAPL]");
  await expect(deploy("Update", narrower)).rejects.toThrow(/market\.product\.cut.*--delete-topics/s);
  expect(await admin.acls()).toEqual(acls);
  await deploy("Update", narrower, { deleteTopics: "true" });
  expect(logged.join("")).toContain("- topic market.product.cut and its records");
  // As a rollback does.
  await deploy("Update", both);
});

it("customers come and go with the file; one with none of those that there are is taken for a mistake", async () => {
  const bob = kafkaAs(credentialsOf("market.customer.beta.bob"));
  await deploy("Update", `${products}customers:\n${acme}`);
  await expect(readAll(bob, "market.product.cut")).rejects.toThrow();
  expect([...manager.secrets.keys()].filter((name) => name.includes("bob"))).toEqual([]);
  expect(await admin.scramUsers()).not.toContain("bob");
  const others = `${products}customers:\n${beta.replace("bob", "dave")}`;
  await expect(deploy("Update", others)).rejects.toThrow(/none of the users that there are now: alice/);
  await deploy("Update", both);
});

const ask = (rotate: Readonly<Record<string, string>>, more: object = {}) => operate({ rotate, ...more });

it("a person who invokes the function rotates a password and finishes it; a request that arrives twice does no harm", async () => {
  const old = credentialsOf("market.customer.beta.bob");
  const { isDone, lines } = await ask({ user: "bob" });
  const fresh = credentialsOf("market.customer.beta.bob");
  expect([isDone, fresh.username]).toEqual([true, "bob-2"]);
  expect(lines).toContain("~ secret market.customer.beta.bob of account 444455556666: holds bob-2");
  expect(lines).toContain("bob: has a new password.");
  expect(manager.secrets.get("AmazonMSK_market.bob-2")?.kmsKeyId).toBe("key-1");
  for (const sasl of [old, fresh]) expect(await readAll(kafkaAs(sasl), "market.product.cut")).toEqual([]);

  for (const whom of [{ user: "bob" }, { customer: "beta" }]) {
    const again = (await ask(whom)).lines.join("\n");
    expect(again).toMatch(/^bob: nothing to do\.\n! bob was passed over: .* finish it before the next one$/);
  }
  expect(credentialsOf("market.customer.beta.bob")).toEqual(fresh);

  expect((await ask({ user: "bob" }, { finish: true })).lines).toContain("- user bob");
  await expect(readAll(kafkaAs(old), "market.product.cut")).rejects.toThrow();
  expect(await readAll(kafkaAs(fresh), "market.product.cut")).toEqual([]);
  const twice = await ask({ user: "bob" }, { finish: true });
  expect(twice).toEqual({ isDone: true, lines: ["bob: nothing to do.", "! bob-2 is in force"] });

  const all = await ask({ customer: "beta" });
  await ask({ customer: "beta" }, { finish: true });
  expect(credentialsOf("market.customer.beta.bob").username).toBe("bob");
  const told = [...lines, ...all.lines, ...logged].join("");
  for (const { password } of [old, fresh, credentialsOf("market.customer.beta.bob")])
    expect(told).not.toContain(password);
});

it("an invocation that cannot be carried out says why, and changes nothing", async () => {
  const before = structuredClone(manager.secrets);
  await expect(ask({ user: "nobody" })).rejects.toThrow("The file has no user nobody. Give a name that it has.");
  await expect(ask({ customer: "nobody" })).rejects.toThrow("The file has no customer nobody.");
  const others: readonly unknown[] = [
    {},
    "rotate",
    null,
    { rotate: {} },
    { rotate: { user: "bob", customer: "beta" } },
  ];
  for (const other of [...others, { rotate: { user: "bob" }, finsh: true }]) {
    await expect(operate(other)).rejects.toThrow(/no request for a rotation.*{"rotate":{"user":"NAME"}}/);
  }
  expect(manager.secrets).toEqual(before);
});

it("a service that stays busy is left to the next look", async () => {
  for (let at = 0; at < 6; at++) msk.trouble("ListScramSecrets", throttled);
  vi.spyOn(Math, "random").mockReturnValue(0);
  expect((await deploy("Update", both)).looks).toBe(2);
  expect(logged.join("")).toContain(
    "Not done yet: Amazon MSK cannot list the users' secrets (TooManyRequestsException",
  );
});

it("a role that has no rights yet is waited for, and after some minutes it is told as a fault", async () => {
  vi.stubEnv("KAFKA_SASL_PASSWORD", "another");
  await expect(deploy("Update", both, {}, { looksMax: 2 })).rejects.toThrow("Operation timed out");
  const late = { looksMax: 2, agoMinutes: 6 };
  await expect(deploy("Update", both, {}, late)).rejects.toThrow(/refused the user name or password/);
  vi.stubEnv("KAFKA_SASL_PASSWORD", broker.server.users.admin.password);
});

it("with a domain, customers have their roles and users there too, with the passwords of their secrets", async () => {
  const master = { username: "admin", password: "master-password" };
  const domain = await startFakeSecurityPlugin(master);
  const { roles, rolesmapping, internalusers } = domain.held;
  const folder = await mkdtemp(join(tmpdir(), "entitlements-"));
  const secretOfMaster = { text: JSON.stringify(master), kmsKeyId: undefined, policy: undefined, tags: new Map() };
  const search = { searchEndpoint: domain.url, searchSecretArn: "master" };
  const another = { text: JSON.stringify({ ...master, password: "another" }) };
  try {
    await writeFile(join(folder, "ca.pem"), domain.ca);
    vi.stubEnv("OPENSEARCH_TLS_CA", join(folder, "ca.pem"));
    // A domain takes a moment to know its master user; after some minutes it is a fault.
    manager.secrets.set("master", { ...secretOfMaster, ...another });
    await expect(deploy("Update", both, search, { looksMax: 2 })).rejects.toThrow("Operation timed out");
    await expect(deploy("Update", both, search, { agoMinutes: 6 })).rejects.toThrow(/401.*OPENSEARCH_SECRET_ID/s);
    manager.secrets.set("master", secretOfMaster);

    await deploy("Update", both, search);
    expect([...roles.keys()].toSorted()).toEqual(["market-customer-acme", "market-customer-beta"]);
    expect(rolesmapping.get("market-customer-beta")).toMatchObject({ backend_roles: ["market-customer-beta"] });
    const { password } = credentialsOf("market.customer.beta.bob");
    expect(internalusers.get("bob")).toMatchObject({ password, backend_roles: ["market-customer-beta"] });
    expect(logged.join("")).toContain("+ OpenSearch user bob: has the role market-customer-beta");
    for (const never of [password, master.password]) expect(logged.join("")).not.toContain(never);

    logged.length = 0;
    await deploy("Update", both, search);
    expect(logged.filter((line) => line.includes("Nothing to change."))).toHaveLength(1);

    await deploy("Update", `${products}customers:\n${acme}`, search);
    expect([...roles.keys(), ...rolesmapping.keys()]).toEqual(["market-customer-acme", "market-customer-acme"]);
    expect([...internalusers.keys()]).toEqual(["alice"]);

    // With the domain away, nothing is changed; a deletion does without it in the end, and says so.
    domain.close();
    const acls = await admin.acls();
    await expect(deploy("Update", both, search, { looksMax: 1 })).rejects.toThrow("Operation timed out");
    await expect(deploy("Delete", both, search, { looksMax: 1 })).rejects.toThrow("Operation timed out");
    expect(await admin.acls()).toEqual(acls);
    await deploy("Delete", both, search, { looksMax: 1, agoMinutes: 11 });
    expect(logged.join("")).toContain("users and roles in OpenSearch are left as they are");
    expect(await admin.scramUsers()).not.toContain("alice");
  } finally {
    domain.close();
    vi.stubEnv("OPENSEARCH_TLS_CA", undefined);
    manager.secrets.delete("master");
    await rm(folder, { recursive: true });
  }
  await deploy("Create", both);
});

it("a deletion takes every user with its rights and secrets, leaves the topics, and can be repeated", async () => {
  const before = new Set((await admin.topics()).keys());
  for (let times = 0; times < 2; times++) await deploy("Delete", both);
  expect([...manager.secrets.keys()]).toEqual([]);
  expect([...msk.secrets.associated]).toEqual([]);
  expect((await admin.acls()).filter(({ principal }) => /^User:(alice|bob)/.test(principal))).toEqual([]);
  expect(new Set((await admin.topics()).keys())).toEqual(before);
});

it("with a cluster that is gone, a deletion takes the secrets that are left, and no others", async () => {
  const text = JSON.stringify({ username: "alice", password: "left" });
  const names = ["AmazonMSK_market.alice", "market.customer.acme.alice", "AmazonMSK_market.stage.Own"];
  for (const name of names)
    manager.secrets.set(name, { text, kmsKeyId: undefined, policy: undefined, tags: new Map() });
  msk.cluster.state = "DELETING";
  expect((await deploy("Delete", both, { bootstrapBrokers: "127.0.0.1:1" })).looks).toBe(1);
  expect([...manager.secrets.keys()]).toEqual(["AmazonMSK_market.stage.Own"]);
});

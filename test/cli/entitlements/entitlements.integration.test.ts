import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { AclBinding } from "../../../domain/entitlements/acl-binding.ts";
import type { DenialCount } from "../../../domain/entitlements/denials.ts";
import type { Credentials } from "../../../runtime/secrets/secret-store.ts";
import { collect, readAll } from "../../runtime/kafka/kafka-under-test.ts";
import { bellwether, startBellwether } from "../../support/bellwether.ts";
import { startFakeSecretsManager } from "../../support/fake-secrets-manager.ts";
import {
  admin,
  apply,
  check,
  distributorEnvironment,
  entitlements,
  folder,
  kafkaAs,
  makeTopic,
  publish,
  secretOf,
  start,
  stop,
  valuesOf,
} from "./entitlements-under-test.ts";

const products = `products:
  full: { symbols: "*", kinds: [quotes, trades, candles] }
  cut: { symbols: [AAPL], kinds: [quotes], columns: [bidPrice] }
  bars: { symbols: [AMZN], kinds: [candles], shape: bar, topic: "{symbol}enhanced" }
`;
const acme = '  acme: { account: "111122223333", products: [full], users: [alice, alice2] }\n';
const beta = '  beta: { account: "444455556666", products: [cut, bars], users: [bob] }\n';
const both = `${products}customers:\n${acme}${beta}`;
const acmeAlone = `${products}customers:\n${acme}`;

beforeAll(start);
afterAll(stop);

const refused = { code: "kafkaAuthorization" };

it("two customers see what they bought and are refused the rest, and check says so", async () => {
  const applied = await apply(both);
  expect(applied).toContain("+ topic amznenhanced, partitions: 1");
  await publish("market.enriched", "a quote");
  await publish("amznenhanced", "a bar");
  const alice = kafkaAs(await secretOf("acme", "alice"));
  const bob = kafkaAs(await secretOf("beta", "bob"));
  expect(await valuesOf(alice, "market.enriched")).toEqual(["a quote"]);
  expect(await valuesOf(bob, "amznenhanced")).toEqual(["a bar"]);
  await expect(readAll(bob, "market.enriched")).rejects.toMatchObject(refused);
  await expect(readAll(alice, "amznenhanced")).rejects.toMatchObject(refused);
  await expect(collect(alice, "market.enriched", { groupId: "alice2-group" })).rejects.toMatchObject(refused);
  const { reader } = await collect(alice, "market.enriched", { groupId: "alice-group" });
  await reader.close();

  const { code, stdout, stderr } = await entitlements("check");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/3 users, \d+ attempts, all as they must be\n$/);
  expect(code).toBe(0);
  expect((await entitlements("plan")).stdout).toBe("Nothing to change.\n");
});

it("a file with faults changes nothing, and neither does one with none of the users that there are", async () => {
  const aclsBefore = await admin.acls();
  const faulty = await entitlements("apply", both.replace("products: [cut, bars]", "products: [cut, barz]"));
  expect(faulty).toMatchObject({ code: 1, stdout: "" });
  expect(faulty.stderr).toMatch(/line 7: customers.beta.products "barz": there is no such product/);
  const foreign = await entitlements("apply", both.replaceAll("alice", "carol").replaceAll("bob", "dave"));
  expect(foreign).toMatchObject({ code: 1, stdout: "" });
  expect(foreign.stderr).toMatch(/none of the users that there are now: alice, alice2, bob/);
  expect(await admin.acls()).toEqual(aclsBefore);
  expect(await bellwether(["entitlements", "apply", "--nonsense"])).toMatchObject({ code: 2, stdout: "" });
});

it("check finds every kind of right that nobody bought, and apply takes them away", async () => {
  await apply(both);
  // As tools around Kafka make them: MSK has a canary's, tiered storage keeps its metadata so.
  await makeTopic("__canary");
  const given = (resource: string, name: string, operation: string, pattern = "literal"): AclBinding => {
    return { principal: "User:bob", host: "*", permission: "allow", resource, name, operation, pattern };
  };
  await admin.createAcls([
    given("topic", "market.raw", "read"),
    given("topic", "__canary", "read"),
    given("topic", "market.alerts", "write"),
    given("topic", "amznenhanced", "delete"),
    given("topic", "amznenhanced", "describeConfigs"),
    given("topic", "market.candles", "alterConfigs"),
    given("group", "alice-", "read", "prefixed"),
    given("transactionalId", "market.enricher", "write", "prefixed"),
    given("cluster", "kafka-cluster", "alter"),
    given("cluster", "kafka-cluster", "create"),
    given("cluster", "kafka-cluster", "describe"),
  ]);
  await admin.deleteAcls([
    { ...given("topic", "market.enriched", "read"), principal: "User:alice" },
    { ...given("group", "alice2-", "read", "prefixed"), principal: "User:alice2" },
  ]);
  const wrong = (await check()).flatMap(({ user, wrong: each }) => each.map((what) => `${user} ${what}`));
  const anonymous = wrong.map((line) => line.replace(/-check-[0-9a-f]{8}/, "-check").replace(/\.check-.*/, ".check"));
  expect(anonymous.toSorted()).toEqual([
    "alice cannot read market.enriched",
    "alice2 cannot join the group alice2-check",
    "bob can change the settings of market.candles",
    "bob can create the topic bob-check",
    "bob can create the topic market.check",
    "bob can do anything on the cluster",
    "bob can do more than read amznenhanced",
    "bob can do more than read market.alerts",
    "bob can give itself rights",
    "bob can join the group alice-check",
    "bob can list rights",
    "bob can read __canary",
    "bob can read market.raw",
    "bob can see the settings of amznenhanced",
    "bob can see the settings of market.candles",
    "bob can use the transactional id market.enricher-check",
    "bob can write market.alerts",
  ]);
  expect((await entitlements("check")).code).toBe(1);
  const applied = (await apply(both)).split("\n");
  expect(applied.filter((line) => line.startsWith("- right: User:bob"))).toHaveLength(11);
  expect(applied.filter((line) => line.startsWith("+"))).toEqual([
    "+ right: User:alice allow read topic market.enriched",
    "+ right: User:alice2 allow read groups that begin with alice2-",
  ]);
  expect((await entitlements("check")).code).toBe(0);
});

it("a rotation leaves the old password good until it is finished, and groups and rights go on", async () => {
  await apply(both);
  const old = await secretOf("acme", "alice");
  const reading = await collect(kafkaAs(old), "market.enriched", { groupId: "alice-rotating" });
  const { stdout, code } = await entitlements("rotate --user alice");
  expect(stdout).toContain("alice: has a new password.\n! alice stays good until");
  expect(code).toBe(0);
  const fresh = await secretOf("acme", "alice");
  expect(fresh.username).toBe("alice-2");
  expect(fresh.password).not.toBe(old.password);
  for (const credentials of [old, fresh]) {
    expect(await valuesOf(kafkaAs(credentials), "market.enriched")).toContain("a quote");
  }
  expect((await entitlements("check")).stdout).toMatch(/4 users, \d+ attempts, all as they must be\n$/);
  await publish("market.enriched", "after the rotation");
  await vi.waitFor(() => expect(reading.values(0)).toContain("after the rotation"), 40_000);
  await reading.reader.close();
  const taken = await collect(kafkaAs(fresh), "market.enriched", { groupId: "alice-rotating" });
  await taken.reader.close();

  const passedOver = await entitlements("rotate --customer acme");
  expect(passedOver.stdout).toContain("alice was passed over: its last rotation is not finished");
  expect(passedOver.stdout).toContain("alice2: has a new password.");
  expect((await entitlements("rotate --customer acme --finish")).code).toBe(0);
  await expect(readAll(kafkaAs(old), "market.enriched")).rejects.toMatchObject({ code: "kafkaAuthentication" });
  expect(await valuesOf(kafkaAs(fresh), "market.enriched")).toContain("a quote");
  expect(await admin.scramUsers()).not.toContain("alice");
  expect((await entitlements("plan")).stdout).toBe("Nothing to change.\n");

  await entitlements("rotate --user alice");
  expect((await secretOf("acme", "alice")).username).toBe("alice");
  expect((await entitlements("rotate --user alice --finish")).code).toBe(0);
  expect((await entitlements("rotate --user nobody")).stderr).toContain("The file has no user nobody.");
});

it("a customer that is removed is refused within seconds, connected or not, and nothing of it is left", async () => {
  await apply(both);
  const known = await secretOf("beta", "bob");
  const reading = await collect(kafkaAs(known), "amznenhanced", { groupId: "bob-desk", sessionTimeoutMs: 30_000 });
  await reading.count(1);
  const removed = await apply(acmeAlone);
  expect(removed).toContain("- group bob-desk and its offsets\n");
  expect(removed).toContain("- user bob\n");
  expect(await reading.failed).toMatchObject({ code: expect.stringMatching(/kafkaAuthorization|kafkaAuthentication/) });
  await expect(readAll(kafkaAs(known), "amznenhanced")).rejects.toMatchObject({ code: "kafkaAuthentication" });
  expect((await admin.groups()).filter((group) => group.startsWith("bob"))).toEqual([]);
  expect((await admin.acls()).filter(({ principal }) => principal.startsWith("User:bob"))).toEqual([]);
  expect((await admin.scramUsers()).filter((user) => user.startsWith("bob"))).toEqual([]);
  await expect(secretOf("beta", "bob")).rejects.toThrow("ENOENT");
  expect((await entitlements("plan")).stdout).toBe("Nothing to change.\n");
});

it("a product that is gone keeps its topic until that is asked for", async () => {
  const without = acmeAlone.replace(/ {2}bars:.*\n/, "");
  expect(await apply(without)).toContain("! topic amznenhanced is of no product");
  expect((await admin.topics()).has("amznenhanced")).toBe(true);
  expect((await entitlements("apply --delete-topics")).stdout).toContain("- topic amznenhanced and its records\n");
  expect((await admin.topics()).has("amznenhanced")).toBe(false);
  expect((await entitlements("plan --delete-topics")).stdout).toBe("Nothing to change.\n");
});

it("where less is sold on a topic its records go first, and who distributes by the file from before stops", async () => {
  const wide = `${products}customers:\n${beta}`;
  const narrow = wide.replace("columns: [bidPrice]", "columns: [bidPrice], delay: 15m");
  await entitlements("apply --remove-all", wide);
  const oldFile = join(folder, "old.yaml");
  await writeFile(oldFile, wide);
  const distributing = startBellwether(["distribute"], { ...distributorEnvironment(), ENTITLEMENTS_FILE: oldFile });
  await publish("market.enriched", '{"type":"quote","symbol":"AAPL","eventTime":"2018-01-03T15:00:00Z"}', "AAPL");
  const bob = kafkaAs(await secretOf("beta", "bob"));
  await vi.waitFor(async () => expect(await valuesOf(bob, "market.product.cut")).toHaveLength(1), 40_000);
  expect((await entitlements("apply", narrow)).stderr).toMatch(
    /hold more.*\n +topic market.product.cut holds symbols=AAPL, kinds=quotes, columns=bidPrice, delayMs=0/,
  );
  expect((await entitlements("apply --delete-topics", narrow)).code).toBe(0);
  const { code, stderr } = await distributing.ended;
  expect([code, stderr]).toEqual([1, expect.stringMatching(/not in force|no right/)]);
  expect(await valuesOf(bob, "market.product.cut")).toEqual([]);
  const started = await bellwether(["distribute"], { ...distributorEnvironment(), ENTITLEMENTS_FILE: oldFile });
  expect(started).toMatchObject({ code: 1, stderr: expect.stringContaining("in force: topic market.product.cut") });
  expect((await entitlements("check")).code).toBe(0);
  await entitlements("apply --remove-all --delete-topics", acmeAlone);
});

it("what was denied is seen by the provider: who, what, how often; and who could not sign in", async () => {
  await apply(acmeAlone);
  const alice = await secretOf("acme", "alice");
  for (let time = 0; time < 3; time++)
    await expect(readAll(kafkaAs(alice), "market.state")).rejects.toMatchObject(refused);
  await expect(readAll(kafkaAs({ ...alice, password: "wrong" }), "market.raw")).rejects.toThrow();
  const { stdout } = await entitlements("denied --json");
  const counts = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as DenialCount);
  const denied = counts.find(
    ({ user, name, operation }) => user === alice.username && name === "market.state" && operation === "DESCRIBE",
  );
  expect(denied?.count).toBeGreaterThanOrEqual(3);
  expect(denied?.hosts).toEqual(["127.0.0.1"]);
  expect(counts.some(({ operation }) => operation === "SIGN_IN")).toBe(true);
  expect((await entitlements("denied")).stdout).toMatch(/^user +operation +resource/);
});

it("where AWS is configured the passwords are kept in Secrets Manager, and the customer's account may read its own", async () => {
  await rm(join(folder, "secrets"), { recursive: true });
  const fake = await startFakeSecretsManager();
  Object.assign(process.env, {
    ...{ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: fake.endpoint },
    ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
  });
  try {
    const refusal = await entitlements("apply --kms-key key-1", both, []);
    expect(refusal.stderr).toMatch(/would be changed: alice, alice2\./);
    const { code, stderr } = await entitlements("apply --kms-key key-1 --new-passwords", both, []);
    expect([code, stderr]).toEqual([0, ""]);
    const held = fake.secrets.get("market.customer.beta.bob");
    expect(held?.kmsKeyId).toBe("key-1");
    expect(held?.policy).toContain("arn:aws:iam::444455556666:root");
    expect(fake.secrets.get("AmazonMSK_market.bob")?.policy).toBeUndefined();
    const credentials = JSON.parse(held?.text ?? "") as Credentials;
    expect(await valuesOf(kafkaAs(credentials), "amznenhanced")).toEqual([]);
    expect((await entitlements("check", both, [])).stdout).toMatch(/all as they must be\n$/);
    expect((await entitlements("apply", acmeAlone, [])).code).toBe(0);
    expect([...fake.secrets.keys()].filter((name) => name.includes("bob"))).toEqual([]);
  } finally {
    Object.assign(process.env, { AWS_REGION: "", AWS_ENDPOINT_URL: "" });
    fake.close();
  }
});

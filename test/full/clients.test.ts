import { execFileSync, spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFeed } from "../../consumer/index.ts";
import { acme, beta, CustomersBench, topicsOf, type User } from "../clients/customers-under-test.ts";
import { type Running, start, startKafkaTool } from "../clients/processes.ts";
import type { ExpectedProducts } from "../clients/raw-market.ts";
import { until } from "../runtime/kafka/kafka-under-test.ts";
import { topics } from "../support/broker.ts";

const hasPython = spawnSync("python3", ["-c", "import venv, ensurepip"]).status === 0 || process.env["CI"] === "true";
/** Before librdkafka 2.6.1 its SCRAM is refused by Kafka 4: such a kcat is lent the one that comes with Python's client. */
const kcatVersion = /librdkafka (\d+)\.(\d+)\.(\d+)/.exec(String(spawnSync("kcat", ["-V"]).stdout));
const [major = 0, minor = 0, patch = 0] = kcatVersion?.slice(1).map(Number) ?? [];
const isKcatNew = major * 10_000 + minor * 100 + patch >= 20_601;
const hasKcat = kcatVersion !== null && (isKcatNew || (hasPython && process.platform === "linux"));
const example = (name: string) => fileURLToPath(new URL(`../../examples/clients/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bellwether-clients-full-"));
const python = join(folder, "bin", "python");
const lentFolder = join(folder, "lent");
const users = [
  { user: "alice", other: "bob" },
  { user: "bob", other: "alice" },
] as const;

let bench: CustomersBench;
let expected: ExpectedProducts;

beforeAll(async () => {
  if (hasPython) {
    execFileSync("python3", ["-m", "venv", folder], { stdio: "inherit" });
    const install = ["-m", "pip", "install", "--quiet", "--only-binary=:all:", "-r", example("requirements.txt")];
    execFileSync(python, install, { stdio: "inherit" });
    const [library = ""] = globSync(join(folder, "lib/python3*/site-packages/confluent_kafka.libs/librdkafka-*.so.1"));
    mkdirSync(lentFolder);
    if (library !== "") symlinkSync(library, join(lentFolder, "librdkafka.so.1"));
  }
  bench = await CustomersBench.start();
  bench.sell(acme + beta);
  await bench.entitlements("apply");
  expected = await bench.untilDistributed();
});
afterAll(async () => {
  await bench?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** With the customer's environment, in which a test may change something. */
type Variables = Readonly<Record<string, string>>;
const variablesOf = (user: User, client: string, more: Variables = {}) => ({
  ...bench.environmentOf(user, `${user}-${client}`),
  ...more,
});

const properties = ["--command-config", example("console-consumer.properties")];

function javaTool(name: string, args: readonly string[], variables: Variables, input?: string): Promise<Running> {
  const brokers = ["--bootstrap-server", variables["KAFKA_BROKERS"] ?? ""];
  const options = { variables, ...(input === undefined ? {} : { input }) };
  return startKafkaTool(`org.apache.kafka.tools.${name}`, [...brokers, ...properties, ...args], options);
}

const consoleConsumer = (variables: Variables, ...args: readonly string[]) =>
  javaTool("consumer.ConsoleConsumer", ["--from-beginning", ...args], variables);
const pythonConsumer = (variables: Variables, ...args: readonly string[]) =>
  start(python, [example("consume.py"), "--from-beginning", ...args], { variables });
const kcat = (variables: Variables, args: readonly string[], input?: string) => {
  const lent: Variables = isKcatNew ? {} : { LD_LIBRARY_PATH: lentFolder };
  const options = { variables: { ...variables, ...lent }, ...(input === undefined ? {} : { input }) };
  return start(example("kcat.sh"), args, options);
};

const text = ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`;

/** An authority that has not signed the brokers' certificates. */
function otherAuthority(): string {
  const file = join(folder, "other-authority.pem");
  writeFileSync(file, rootCertificates[0] ?? "");
  return file;
}

describe.each(users)("$user, by Kafka's console consumer (Java)", ({ user, other }) => {
  it("sees all that was bought and nothing else, though it asks for every topic", async () => {
    const reading = await consoleConsumer(variablesOf(user, "all"), "--include", ".*", "--timeout-ms", "4000");
    expect((await reading.ended).values).toEqual(expected[user]);
  });

  it("is refused other topics, other groups, writes and administration", async () => {
    const variables = variablesOf(user, "java");
    const [own = ""] = topicsOf[user];
    const timeout = ["--timeout-ms", "20000"];
    for (const topic of [topicsOf[other][0] ?? "", topics.raw]) {
      const reading = await consoleConsumer(variables, "--topic", topic, ...timeout);
      expect(text(await reading.ended)).toContain(`Not authorized to access topics: [${topic}]`);
    }
    const foreign = { ...variables, KAFKA_GROUP: `${other}-java` };
    const joining = await consoleConsumer(foreign, "--topic", own, ...timeout);
    expect(text(await joining.ended)).toContain(`Not authorized to access group: ${other}-java`);
    const plain = ["--sync", "--command-property", "enable.idempotence=false"];
    const writing = await javaTool("ConsoleProducer", ["--topic", own, ...plain], variables, "forged\n");
    expect(text(await writing.ended)).toContain(`Not authorized to access topics: [${own}]`);
    const making = await javaTool("TopicCommand", ["--create", "--topic", "of-my-own"], variables);
    expect(text(await making.ended)).toContain("Authorization failed");
  });

  it("trusts no broker whose certificate it cannot verify", async () => {
    const variables = variablesOf(user, "java", { KAFKA_TLS_CA: otherAuthority() });
    const reading = await consoleConsumer(variables, "--topic", topicsOf[user][0] ?? "", "--timeout-ms", "20000");
    expect(text(await reading.ended)).toContain("SSL handshake failed");
  });
});

describe.skipIf(!hasPython).each(users)(
  "$user, by Python, confluent-kafka (needs python3 with venv: apt-get install python3-venv)",
  ({ user, other }) => {
    it("sees all that was bought and nothing else, though it asks for every topic", async () => {
      const variables = variablesOf(user, "python");
      const reading = pythonConsumer(variables, "--count", String(expected[user].length), "^.*");
      expect(await reading.ended).toMatchObject({ code: 0, values: expected[user] });
    });

    it("is refused other topics and other groups", async () => {
      const variables = variablesOf(user, "python");
      for (const topic of [topicsOf[other][0] ?? "", topics.raw]) {
        const { code, stderr } = await pythonConsumer(variables, topic).ended;
        expect([code, stderr]).toEqual([1, expect.stringContaining("TOPIC_AUTHORIZATION_FAILED")]);
      }
      const foreign = { ...variables, KAFKA_GROUP: `${other}-python` };
      const { code, stderr } = await pythonConsumer(foreign, topicsOf[user][0] ?? "").ended;
      expect([code, stderr]).toEqual([1, expect.stringContaining("GROUP_AUTHORIZATION_FAILED")]);
    });

    it("is refused writes and administration", async () => {
      const script = fileURLToPath(new URL("clients-refused.py", import.meta.url));
      const args = [script, topicsOf[user][0] ?? "", topicsOf[other][0] ?? ""];
      const { values, stderr } = await start(python, args, { variables: variablesOf(user, "python") }).ended;
      expect([stderr, JSON.parse(values[0] ?? "{}")]).toEqual([
        expect.any(String),
        {
          writeOwn: "TOPIC_AUTHORIZATION_FAILED",
          writeOther: "TOPIC_AUTHORIZATION_FAILED",
          createTopic: "TOPIC_AUTHORIZATION_FAILED",
          deleteOwn: "TOPIC_AUTHORIZATION_FAILED",
          giveItselfRights: "CLUSTER_AUTHORIZATION_FAILED",
        },
      ]);
    });

    it("says that a password is refused, and trusts no broker whose certificate it cannot verify", async () => {
      const [own = ""] = topicsOf[user];
      const wrong = await pythonConsumer(variablesOf(user, "python", { KAFKA_SASL_PASSWORD: "wrong" }), own).ended;
      expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/authentication/i)]);
      const unverified = variablesOf(user, "python", { KAFKA_TLS_CA: otherAuthority() });
      const { code, stderr } = await pythonConsumer(unverified, own).ended;
      expect([code, stderr]).toEqual([1, expect.stringMatching(/certificate/i)]);
    });
  },
);

describe.skipIf(!hasKcat).each(users)(
  "$user, by kcat (needs kcat: apt-get install kcat; and python3 with venv where its librdkafka is older than 2.6.1)",
  ({ user, other }) => {
    it("sees all that was bought, with a group and without", async () => {
      const variables = variablesOf(user, "kcat");
      const byTopic = topicsOf[user].map(
        (topic) => kcat(variables, ["-C", "-t", topic, "-o", "beginning", "-e"]).ended,
      );
      const values = (await Promise.all(byTopic)).flatMap((each) => each.values);
      expect(values.toSorted()).toEqual(expected[user]);
      const args = ["-o", "beginning", "-c", String(expected[user].length), "-G", `${user}-kcat`, ...topicsOf[user]];
      expect((await kcat(variables, args).ended).values).toEqual(expected[user]);
    });

    it("is refused other topics and groups, and writes", async () => {
      const variables = variablesOf(user, "kcat");
      const [own = ""] = topicsOf[user];
      const denied = /authorization failed/i;
      const reading = kcat(variables, ["-C", "-t", topicsOf[other][0] ?? "", "-o", "beginning", "-e"]);
      expect((await reading.ended).stderr).toMatch(denied);
      expect((await kcat(variables, ["-G", `${other}-kcat`, own]).ended).stderr).toMatch(denied);
      const writing = kcat(variables, ["-P", "-t", own], "forged\n");
      expect(await writing.ended).toMatchObject({ code: 1, stderr: expect.stringMatching(denied) });
    });
  },
);

it("nothing that was refused has left anything behind, and `entitlements check` is green", async () => {
  expect(await bench.valuesOf(...topicsOf.alice)).toEqual(expected.alice);
  expect(await bench.valuesOf(...topicsOf.bob)).toEqual(expected.bob);
  expect(await bench.entitlements("check")).toMatch(/2 users, \d+ attempts, all as they must be\n$/);
});

it.skipIf(!hasPython)(
  "after a rotation a client goes on with the new password, in the same group where it left off",
  async () => {
    const [own = ""] = topicsOf.alice;
    const before = variablesOf("alice", "rotating");
    const first = await pythonConsumer(before, "--count", "30", own).ended;
    await bench.entitlements("rotate", "--user", "alice");
    const second = await pythonConsumer(before, "--count", "20", own).ended;
    const after = variablesOf("alice", "rotating");
    expect(after.KAFKA_SASL_USERNAME).toBe("alice-2");
    await bench.entitlements("rotate", "--user", "alice", "--finish");
    const third = await pythonConsumer(after, "--count", "30", own).ended;
    expect([...first.values, ...second.values, ...third.values].toSorted()).toEqual(expected.alice);
    expect((await pythonConsumer(before, own).ended).stderr).toMatch(/authentication/i);
  },
);

it("a customer that is removed from the file is refused within a minute, connected or not, by every client", async () => {
  const [own = ""] = topicsOf.bob;
  const variables = variablesOf("bob", "connected");
  const feed = await openFeed({ connection: bench.connectionOf("bob") });
  const seen: string[] = [];
  const library = feed.records({ from: "beginning", group: "library" }).each(({ bytes }) => {
    seen.push(String(bytes));
  });
  const refused = library.then(
    () => null,
    (error: unknown) => error,
  );
  const java = await consoleConsumer({ ...variables, KAFKA_GROUP: "bob-java-connected" }, "--topic", own);
  const others = hasPython ? [pythonConsumer(variables, own)] : [];
  await until(
    () => seen.length > 0 && [java, ...others].every((one) => one.values().length > 0),
    "all to be connected",
  );
  bench.sell(acme);
  const startMs = performance.now();
  expect(await bench.entitlements("apply")).toContain("- user bob");
  expect(await refused).toMatchObject({ code: expect.stringMatching(/kafkaAuthorization|kafkaAuthentication/) });
  expect(text(await java.ended)).toMatch(/AuthorizationException|AuthenticationException/);
  for (const one of others) expect((await one.ended).stderr).toMatch(/AUTHORIZATION_FAILED|authentication/i);
  const afresh = await consoleConsumer(variables, "--topic", own, "--timeout-ms", "20000");
  expect(text(await afresh.ended)).toContain("SaslAuthenticationException");
  if (hasPython) expect((await pythonConsumer(variables, own).ended).stderr).toMatch(/authentication/i);
  expect(performance.now() - startMs).toBeLessThan(60_000);
  expect(await bench.valuesOf(...topicsOf.alice)).toEqual(expected.alice);
  expect(await bench.entitlements("check")).toMatch(/1 user, \d+ attempts, all as they must be\n$/);
});

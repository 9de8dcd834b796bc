import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { profiles } from "../../../domain/deployment/profiles.ts";
import { PipelineError } from "../../../domain/errors.ts";
import { loadDeployment } from "../../../runtime/deployment/load.ts";

const folder = mkdtempSync(join(tmpdir(), "bellwether-deployment-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "entitlements.yaml"), "products: {}\ncustomers: {}\n");

const minimal = `
deployment: provider
account: "777788889999"
region: us-east-1
profile: dev
feed: { symbols: [AAPL] }
alarms: { email: ops@example.com, monthlyBudgetDollars: 500 }
`;

function load(text: string) {
  const file = join(folder, "deployment.yaml");
  writeFileSync(file, text);
  return loadDeployment(file);
}

function provider(text: string) {
  const deployment = load(text);
  if (deployment.deployment !== "provider") throw new Error("not a provider's");
  return deployment;
}

/** The lines of faults, without the file's name. */
function faults(text: string): readonly string[] {
  try {
    load(text);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return error.message.split("\n").slice(1, -1);
  }
  return [];
}

it("a provider's file needs no more than its account, region, profile, symbols and whom to tell", () => {
  const { name, topicPrefix, feed, settings, sizes, entitlements } = provider(minimal);
  expect({ name, topicPrefix, stream: feed.stream, settings }).toEqual({
    name: "bellwether",
    topicPrefix: "market.",
    stream: "v2/iex",
    settings: {},
  });
  expect(sizes).toEqual(profiles.dev);
  expect(entitlements).toEqual({ products: [], customers: [] });
});

it("an override changes its one value of the profile", () => {
  const { sizes } = provider(
    `${minimal}overrides: { brokers: { count: 4 }, stages: { enricher: { instancesMax: 8 } } }\n`,
  );
  expect(sizes.brokers).toEqual({ ...profiles.dev.brokers, count: 4 });
  expect(sizes.stages.enricher).toEqual({ ...profiles.dev.stages.enricher, instancesMax: 8 });
  expect(sizes.search).toEqual(profiles.dev.search);
});

it("settings become text for the stages' environment", () => {
  const { settings } = provider(
    `${minimal}settings: { THRESHOLD_PERCENT: 2.5, ADJUST_DIVIDENDS: true, WINDOW_INTERVALS: [1m, 5m] }\n`,
  );
  expect(settings).toEqual({ THRESHOLD_PERCENT: "2.5", ADJUST_DIVIDENDS: "true", WINDOW_INTERVALS: "1m,5m" });
});

it("all faults are told at once, each with the path of its value", () => {
  const text = `
deployment: provider
account: 777788889999
region: Virginia
profile: big
feed: { symbols: [aapl] }
alarms: { email: nobody }
settings: { GRACE_MS: 0, GRACE: 1 }
overrides: { brokers: { colour: red } }
pasword: x
`;
  expect(faults(text)).toEqual([
    "  account: must be text: put quotes around it, or leading zeros are lost",
    "  region: must be a region, like us-east-1",
    "  profile: must be dev or prod",
    "  feed.symbols[0]: must be a symbol: upper-case letters, digits, dot",
    "  settings.GRACE_MS: Too small: expected number to be >=1",
    "  settings.GRACE: is no setting of a stage",
    "  alarms.email: must be an e-mail address",
    "  alarms.monthlyBudgetDollars: is missing",
    "  overrides.brokers.colour: is unknown here",
    "  pasword: is unknown here",
  ]);
});

it.each([
  ["brokers: { count: 3 }", "overrides.brokers.count: 3 brokers cannot be the same number in each of 2 zones"],
  ["brokers: { replicationFactor: 3 }", "overrides.brokers.replicationFactor: must not be more than there are brokers"],
  ["brokers: { minInsyncReplicas: 2 }", "overrides.brokers.minInsyncReplicas: must be less than replicationFactor"],
  [
    "brokers: { instanceType: kafka.t3.small }",
    "overrides.brokers.instanceType: t3 brokers run neither KRaft nor multi-VPC connectivity",
  ],
  [
    "brokers: { kafkaVersion: 3.6.0 }",
    "overrides.brokers.kafkaVersion: must be a KRaft version of MSK, like 4.1.x.kraft",
  ],
  ["search: { replicas: 1 }", "overrides.search.replicas: must be less than nodes, or copies have nowhere to be"],
  [
    "stages: { indexer: { instancesMin: 3 } }",
    "overrides.stages.indexer.instancesMin: must not be more than instancesMax",
  ],
])("sizes that cannot stand together are refused: %s", (overrides, fault) => {
  expect(faults(`${minimal}overrides: { ${overrides} }\n`)).toEqual([`  ${fault}`]);
});

it("a file that is neither a provider's nor a customer's says what it can be", () => {
  expect(faults("deployment: both\n")).toEqual(["  deployment: must be provider or customer"]);
});

it("a customer's file holds two ARNs of one region, and nothing else", () => {
  const clusterArn = "arn:aws:kafka:us-east-1:777788889999:cluster/bellwether/0123-5";
  const secretArn = (region: string) =>
    `arn:aws:secretsmanager:${region}:777788889999:secret:market.customer.beta.beta_desk-AbCdEf`;
  const text = (region: string) => `deployment: customer\nclusterArn: ${clusterArn}\nsecretArn: ${secretArn(region)}\n`;
  expect(load(text("us-east-1"))).toEqual({
    deployment: "customer",
    region: "us-east-1",
    clusterArn,
    secretArn: secretArn("us-east-1"),
  });
  expect(faults(text("eu-west-1"))).toEqual(["  secretArn: must be in the cluster's region"]);
  expect(faults(`${text("us-east-1")}account: "1"\n`)).toEqual(["  account: is unknown here"]);
});

it("a secret's ARN without its last six characters is refused: no policy would match it", () => {
  const text =
    "deployment: customer\nclusterArn: x\nsecretArn: arn:aws:secretsmanager:us-east-1:777788889999:secret:market\n";
  expect(faults(text)).toEqual([
    "  clusterArn: must be the ARN of an MSK cluster",
    "  secretArn: must be the whole ARN of a secret, with the six characters at its end",
  ]);
});

it("a number that is none, and a budget of nothing, say what they must be", () => {
  const text = `${minimal.replace("500", "0")}settings: { THRESHOLD_PERCENT: five, GRACE_MS: soon }\n`;
  expect(faults(text)).toEqual([
    "  settings.THRESHOLD_PERCENT: must be a number",
    "  settings.GRACE_MS: must be a whole number",
    "  alarms.monthlyBudgetDollars: must be more than 0",
  ]);
});

it("a file that is not there says how each program is told where it is, and what to begin with", () => {
  expect(() => loadDeployment(join(folder, "nowhere.yaml"))).toThrow(
    expect.objectContaining({ remedy: expect.stringMatching(/examples\/deployment.*-c config=PATH.*--config PATH/) }),
  );
  expect(() => load(`${minimal}entitlements: missing.yaml\n`)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining("missing.yaml"),
      remedy: expect.stringContaining("put it there"),
    }),
  );
});

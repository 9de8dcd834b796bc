import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cdk, synthesised } from "../support/cdk-command.ts";

const folder = mkdtempSync(join(tmpdir(), "bellwether-updates-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)), "utf8");
const provider = example("deployment.provider.yaml").replace(/^overrides:[\s\S]*/m, "");
const customers = example("entitlements.yaml");

/** A version of the configuration in a folder of its own; the path of its file. */
function version(name: string, overrides: string, document = provider, entitlements = customers): string {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "entitlements.yaml"), entitlements);
  const file = join(folder, name, "deployment.yaml");
  writeFileSync(file, `${document}overrides: ${overrides}\n`);
  return file;
}

interface Change {
  readonly kind: string;
  readonly type: string;
  readonly effect: string;
}

/** What `cdk diff` says of each resource: `[~] AWS::MSK::Cluster Cluster/Cluster ClusterA1B2 replace`. */
async function changes(base: string, config: string): Promise<readonly Change[]> {
  const args = ["--no-change-set", "--no-color", "--template", base, "-c", `config=${config}`];
  const text = await cdk(["diff", ...args, "--output", join(folder, "diff")]);
  return [...text.matchAll(/^\[([-+~])\] (\S+::\S+)(.*)$/gm)].map(([, kind = "", type = "", rest = ""]) => ({
    kind,
    type,
    effect: /(may be replaced|replace|destroy|orphan)/.exec(rest)?.[1] ?? "",
  }));
}

/** Holds data, or what data stands in. */
const stateful =
  /^AWS::(MSK::(Cluster|Topic)|OpenSearchService|KMS|SecretsManager|EC2::(Volume|VPC|Subnet)|Logs::LogGroup|S3::Bucket)/;
const lost = (all: readonly Change[]) =>
  all.filter(({ kind, type, effect }) => stateful.test(type) && (kind === "-" || effect !== ""));

describe("cdk diff between versions of the configuration", () => {
  let base = "";
  beforeAll(async () => {
    base = await synthesised(version("base", "{ brokers: { kafkaVersion: 4.0.x.kraft } }"), join(folder, "out"));
  }, 600_000);

  it("more, larger and newer brokers replace nothing that holds data", async () => {
    const brokers = "{ count: 4, volumeGib: 40, instanceType: kafka.m7g.xlarge, kafkaVersion: 4.1.x.kraft }";
    const seen = await changes(base, version("brokers", `{ brokers: ${brokers} }`));
    expect(seen.some(({ kind, type }) => kind === "~" && type === "AWS::MSK::Cluster")).toBe(true);
    expect(lost(seen)).toEqual([]);
  });

  it("a customer more, with its user, replaces nothing that holds data", async () => {
    const more = customers.replace(
      "customers:\n",
      'customers:\n  gamma:\n    account: "555566667777"\n    products: [full-feed]\n    users: [gamma]\n',
    );
    const kafka = "{ brokers: { kafkaVersion: 4.0.x.kraft } }";
    const seen = await changes(base, version("customer", kafka, provider, more));
    expect(seen.some(({ kind, type }) => kind === "~" && type === "Custom::Entitlements")).toBe(true);
    expect(seen.some(({ kind, type }) => kind === "~" && type === "AWS::MSK::ClusterPolicy")).toBe(true);
    expect(lost(seen)).toEqual([]);
  });

  it("larger search and stages, other symbols and a longer time for logs replace nothing that holds data", async () => {
    const sizes =
      "{ brokers: { kafkaVersion: 4.0.x.kraft }, search: { volumeGib: 40, instanceType: t3.medium.search }, stages: { enricher: { instanceType: t4g.medium, instancesMax: 4 } }, logs: { days: 30 } }";
    const seen = await changes(base, version("sizes", sizes, provider.replace("[AAPL,", "[AAPL, GOOG,")));
    expect(seen.some(({ type }) => type === "AWS::EC2::LaunchTemplate")).toBe(true);
    expect(lost(seen)).toEqual([]);
  });

  it("another name is another cluster, and the diff says so before anything is done", async () => {
    const kafka = "{ brokers: { kafkaVersion: 4.0.x.kraft } }";
    const seen = await changes(base, version("name", kafka, provider.replace("name: bellwether", "name: other")));
    expect(lost(seen).map(({ type }) => type)).toContain("AWS::MSK::Cluster");
  });
});

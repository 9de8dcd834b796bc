import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { synthesised } from "../support/cdk-command.ts";
import { resolved, type SynthesisedTemplate } from "../support/template-values.ts";

/** pkg_resources, which parliament loads its definitions by, went out of setuptools with 81. */
const packages = ["cfn-lint==1.58.0", "checkov==3.3.30", "parliament==1.6.4", "setuptools==80.9.0"];
const hasPython = spawnSync("python3", ["-c", "import venv, ensurepip"]).status === 0 || process.env["CI"] === "true";
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "bellwether-scanners-"));
const tool = (name: string) => join(folder, "venv", "bin", name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a scanner says though it is meant so; each with its reason. What is no more said must go from here. */
type Noise = Readonly<Record<string, string>>;

const cfnLintNoise: Noise = {
  W3005: "CDK names a dependency that an attribute makes already: twice is harmless.",
};

const checkovNoise: Noise = {
  CKV_AWS_88: "A public address without an inbound rule costs 3.65 dollars a month; a NAT gateway 32.85.",
  CKV_AWS_111: "Session Manager's actions know no resource, and are a machine's only door.",
  CKV_AWS_115:
    "Functions run at deployments, or when a person asks; reserved concurrency would be taken from the account's others.",
  CKV_AWS_116:
    "Who calls a function, CloudFormation or a person, waits for it and is told of a fault; nothing is left for a queue.",
  CKV_AWS_117: "Functions that speak to AWS alone need no VPC; those that speak to brokers and search are in one.",
  CKV_AWS_158: "Logs are encrypted with CloudWatch's own key, or with ours; no secret is in a log.",
  CKV_AWS_173: "A function's environment has names and ARNs; no secret is in one.",
};

/** By finding and policy. */
const parliamentNoise: readonly { readonly issue: string; readonly policy: RegExp; readonly why: string }[] = [
  { issue: "RESOURCE_STAR", policy: /\.KeyPolicy/, why: "In a key's own policy * is the key, and nothing else." },
  {
    issue: "RESOURCE_MISMATCH",
    policy: /ClusterPolicy/,
    why: "A cluster's own policy names the cluster for every action: MSK's guide has it so.",
  },
  {
    issue: "RESOURCE_MISMATCH",
    policy: /StagesProducer/,
    why: "Attaching takes a volume and a machine: one statement each, since a condition holds the machine alone.",
  },
  {
    issue: "UNKNOWN_CONDITION_FOR_ACTION",
    policy: /KeysData/,
    why: "CloudWatch Logs' guide binds its right to a key by this encryption context.",
  },
  { issue: "MISMATCHED_TYPE", policy: /KeysData/, why: "The same guide compares it as the ARN that it is." },
];

interface CheckovReport {
  readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[] };
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
}

interface ParliamentFinding {
  readonly issue: string;
  readonly detail: unknown;
  readonly location: { readonly filepath?: string | null };
}

/** What a scanner prints, whatever its exit code: with findings it is not 0. */
async function printed(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(command, args, { maxBuffer: 64 * 1024 * 1024, timeout: 600_000 })).stdout;
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: unknown };
    if (typeof code !== "number" || stdout === "") throw new Error(stderr, { cause: error });
    return stdout;
  }
}

/** Every policy of a template as text, but who may assume a role, which has no resource to judge. */
function policiesOf(template: SynthesisedTemplate): ReadonlyMap<string, string> {
  const keys = ["PolicyDocument", "KeyPolicy", "ResourcePolicy", "Policy"];
  return new Map(
    Object.entries(template.Resources).flatMap(([id, { Properties = {} }]) =>
      keys.flatMap((key): [string, string][] => {
        if (typeof Properties[key] !== "object") return [];
        const policy = resolved(Properties[key], template);
        // Some are text already, put together from parts.
        return [[`${id}.${key}`, typeof policy === "string" ? policy : JSON.stringify(policy)]];
      }),
    ),
  );
}

describe.skipIf(!hasPython)(
  "the templates of both accounts, to scanners that are not ours (needs python3 with venv)",
  () => {
    const templates: string[] = [];
    const seen = { cfnLint: new Set<string>(), checkov: new Set<string>(), parliament: new Set<number>() };

    beforeAll(async () => {
      execFileSync("python3", ["-m", "venv", join(folder, "venv")], { stdio: "inherit" });
      execFileSync(tool("python"), ["-m", "pip", "install", "--quiet", ...packages], { stdio: "inherit" });
      for (const name of ["provider", "customer"])
        templates.push(await synthesised(`examples/deployment.${name}.yaml`, join(folder, name)));
    }, 1_200_000);

    it("cfn-lint finds nothing but what is named here", async () => {
      const text = await printed(tool("cfn-lint"), ["--format", "json", ...templates]);
      const found = JSON.parse(text) as { readonly Rule: { readonly Id: string }; readonly Message: string }[];
      for (const { Rule } of found) seen.cfnLint.add(Rule.Id);
      expect(
        found.filter(({ Rule }) => !(Rule.Id in cfnLintNoise)).map(({ Rule, Message }) => `${Rule.Id} ${Message}`),
      ).toEqual([]);
    });

    it("checkov finds nothing but what is named here", async () => {
      for (const template of templates) {
        const args = [
          "--skip-download",
          "--quiet",
          "--framework",
          "cloudformation",
          "--output",
          "json",
          "-f",
          template,
        ];
        const { results, summary } = JSON.parse(await printed(tool("checkov"), args)) as CheckovReport;
        expect(summary.parsing_errors).toBe(0);
        expect(summary.passed).toBeGreaterThan(20);
        for (const { check_id } of results.failed_checks) seen.checkov.add(check_id);
        const news = results.failed_checks.filter(({ check_id }) => !(check_id in checkovNoise));
        expect(news.map(({ check_id, resource }) => `${check_id} ${resource}`)).toEqual([]);
      }
    });

    it("parliament finds nothing in any policy", async () => {
      const policies = join(folder, "policies");
      mkdirSync(policies);
      for (const [index, file] of templates.entries()) {
        const template = JSON.parse(readFileSync(file, "utf8")) as SynthesisedTemplate;
        const found = policiesOf(template);
        expect(found.size).toBeGreaterThan(4);
        for (const [name, policy] of found) writeFileSync(join(policies, `${index}.${name}.json`), policy);
      }
      const text = await printed(tool("parliament"), ["--json", "--directory", policies]);
      const findings = text
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as ParliamentFinding);
      const news = findings.filter(({ issue, location }) => {
        const noise = parliamentNoise.findIndex(
          (each) => each.issue === issue && each.policy.test(location.filepath ?? ""),
        );
        seen.parliament.add(noise);
        return noise === -1;
      });
      expect(news.map((finding) => JSON.stringify(finding))).toEqual([]);
    });

    it("what is named here as noise is heard still", () => {
      expect(Object.keys(cfnLintNoise).filter((id) => !seen.cfnLint.has(id))).toEqual([]);
      expect(Object.keys(checkovNoise).filter((id) => !seen.checkov.has(id))).toEqual([]);
      expect(parliamentNoise.filter((_, index) => !seen.parliament.has(index))).toEqual([]);
    });
  },
);

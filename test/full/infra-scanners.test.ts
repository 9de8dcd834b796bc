import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolved, type SynthesisedTemplate } from "../support/template-values.ts";

/** pkg_resources, which parliament loads its definitions by, went out of setuptools with 81. */
const packages = ["cfn-lint==1.58.0", "checkov==3.3.30", "parliament==1.6.4", "setuptools==80.9.0"];
const hasPython = spawnSync("python3", ["-c", "import venv, ensurepip"]).status === 0 || process.env["CI"] === "true";
const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
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
  CKV_AWS_115: "Functions run at deployments alone; reserved concurrency would be taken from the account's others.",
  CKV_AWS_116: "CloudFormation calls the functions and is told of a fault; nothing is left for a queue.",
  CKV_AWS_117: "Functions that speak to AWS alone need no VPC; those that speak to brokers and search are in one.",
  CKV_AWS_158: "Logs are encrypted with CloudWatch's own key, or with ours; no secret is in a log.",
  CKV_AWS_173: "A function's environment has names and ARNs; no secret is in one.",
};

const parliamentNoise: Noise = {};

interface CheckovReport {
  readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[] };
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
}

/** `cdk synth` as a person runs it, without any credentials. */
async function synth(name: string): Promise<string> {
  const out = join(folder, name);
  const kept = Object.entries(process.env).filter(([key]) => !key.startsWith("AWS_"));
  const env = {
    ...Object.fromEntries(kept),
    PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env["PATH"]}`,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: join(folder, "none"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
  };
  const args = ["synth", "--no-lookups", "--quiet", "-c", `config=examples/deployment.${name}.yaml`, "--output", out];
  await run(join(root, "node_modules", ".bin", "cdk"), args, { cwd: root, env, timeout: 300_000 });
  const [template] = readdirSync(out).filter((file) => file.endsWith(".template.json"));
  if (template === undefined) throw new Error(`${name} has no template`);
  return join(out, template);
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

/** Every policy of a template, but who may assume a role, which has no resource to judge. */
function policiesOf(template: SynthesisedTemplate): ReadonlyMap<string, unknown> {
  const keys = ["PolicyDocument", "KeyPolicy", "ResourcePolicy", "Policy"];
  return new Map(
    Object.entries(template.Resources).flatMap(([id, { Properties = {} }]) =>
      keys.flatMap((key): [string, unknown][] =>
        typeof Properties[key] === "object" ? [[`${id}.${key}`, resolved(Properties[key], template)]] : [],
      ),
    ),
  );
}

describe.skipIf(!hasPython)(
  "the templates of both accounts, to scanners that are not ours (needs python3 with venv)",
  () => {
    const templates: string[] = [];
    const seen = { cfnLint: new Set<string>(), checkov: new Set<string>(), parliament: new Set<string>() };

    beforeAll(async () => {
      execFileSync("python3", ["-m", "venv", join(folder, "venv")], { stdio: "inherit" });
      execFileSync(tool("python"), ["-m", "pip", "install", "--quiet", ...packages], { stdio: "inherit" });
      for (const name of ["provider", "customer"]) templates.push(await synth(name));
    }, 600_000);

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
        for (const [name, policy] of found)
          writeFileSync(join(policies, `${index}.${name}.json`), JSON.stringify(policy));
      }
      const text = await printed(tool("parliament"), ["--json", "--directory", policies]);
      const findings = text
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map(
          (line) =>
            JSON.parse(line) as { readonly issue: string; readonly detail: unknown; readonly location: unknown },
        );
      for (const { issue } of findings) seen.parliament.add(issue);
      const news = findings.filter(({ issue }) => !(issue in parliamentNoise));
      expect(news.map((finding) => JSON.stringify(finding))).toEqual([]);
    });

    it("what is named here as noise is heard still", () => {
      expect([...Object.keys(cfnLintNoise)].filter((id) => !seen.cfnLint.has(id))).toEqual([]);
      expect([...Object.keys(checkovNoise)].filter((id) => !seen.checkov.has(id))).toEqual([]);
      expect([...Object.keys(parliamentNoise)].filter((id) => !seen.parliament.has(id))).toEqual([]);
    });
  },
);

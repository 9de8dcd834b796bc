import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const binaries = join(root, "node_modules", ".bin");

/** Runs `cdk` as a person does, `npx`'s Node in front, and without any credentials. Tells what it prints, both ways. */
export async function cdk(args: readonly string[]): Promise<string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  const env = {
    ...Object.fromEntries(kept),
    PATH: `${binaries}${delimiter}${process.env["PATH"]}`,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
  const { stdout, stderr } = await run(join(binaries, "cdk"), args, {
    cwd: root,
    env,
    timeout: 600_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout + stderr;
}

/** The path of the template that a deployment's file becomes, synthesised into a folder. */
export async function synthesised(config: string, out: string): Promise<string> {
  await cdk(["synth", "--no-lookups", "--quiet", "-c", `config=${config}`, "--output", out]);
  const [template] = readdirSync(out).filter((name) => name.endsWith(".template.json"));
  if (template === undefined) throw new Error(`${config} gives no template`);
  return join(out, template);
}

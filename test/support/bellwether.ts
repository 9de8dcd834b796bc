import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `bellwether` command running as a process of its own. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** Resolves to the first line of standard output. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<CommandResult>;
}

/** Starts a command as a user would, with these variables on top of the environment. */
export function startBellwether(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): RunningCommand {
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  const first = Promise.withResolvers<string>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    if (stdout.includes("\n")) first.resolve(stdout.slice(0, stdout.indexOf("\n")));
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const ended = new Promise<CommandResult>((resolve) => {
    child.on("close", (code) => {
      first.reject(new Error(`bellwether ${args[0]} ended with ${code}: ${stderr}`));
      resolve({ code, stdout, stderr });
    });
  });
  first.promise.catch(() => {});
  return { child, firstLine: first.promise, ended };
}

/** Runs a command to its end. */
export function bellwether(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return startBellwether(args, variables).ended;
}

import { spawn } from "node:child_process";
import { join } from "node:path";
import { cacheFolder } from "../../local/install/cache-folder.ts";
import { ensureInstalled } from "../../local/install/ensure-installed.ts";
import { kafkaDistribution } from "../../local/kafka/kafka-distribution.ts";
import { isRoot } from "../../local/server-options.ts";
import { requireTools } from "../../local/tools/require-tools.ts";
import type { CommandResult } from "../support/bellwether.ts";

export interface Running {
  /** The lines of standard output so far that hold a value. */
  values(): readonly string[];
  readonly ended: Promise<CommandResult & { readonly values: readonly string[] }>;
  stop(): void;
}

export interface ProcessOptions {
  readonly variables: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Starts another's program. It is stopped after a minute and a half: none of them should take so long. */
export function start(command: string, args: readonly string[], { variables, input = "" }: ProcessOptions): Running {
  const env = { ...process.env, ...variables };
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"], timeout: 90_000 });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  // It may end without having read what it is given.
  child.stdin.on("error", () => {}).end(input);
  const values = () => stdout.split("\n").filter((line) => line.startsWith("{"));
  const ended = new Promise<Awaited<Running["ended"]>>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr, values: values().toSorted() }));
  });
  return { values, ended, stop: () => void child.kill("SIGKILL") };
}

/** Starts one of Kafka's own tools. */
export async function startKafkaTool(
  mainClass: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<Running> {
  const environment = process.env;
  const cache = cacheFolder({ environment, platform: process.platform, isRoot: isRoot() });
  const tools = requireTools(environment, { javaReleaseMin: 17, needsMaven: false });
  const jars = await ensureInstalled(kafkaDistribution, { cache, tools, environment });
  const small = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"];
  return start(tools.java.command, [...small, "-cp", join(jars, "*"), mainClass, ...args], options);
}

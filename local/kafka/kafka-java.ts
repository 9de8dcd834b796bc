import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../../runtime/config/environment.ts";
import { type GuardedProcess, startGuarded } from "../process/guarded-process.ts";
import { serverFailure } from "../process/server-failure.ts";
import { serverEnvironment } from "../server-environment.ts";
import { quickStartOptions } from "../server-options.ts";
import type { Java } from "../tools/java.ts";

/** One run of a main class of Kafka. */
export interface KafkaJavaRun {
  readonly java: Java;
  /** The folder of jars. */
  readonly jars: string;
  /** The data folder; also the working folder. */
  readonly folder: string;
  readonly mainClass: string;
  readonly args: readonly string[];
  readonly jvmOptions: readonly string[];
  readonly logFile: string;
  readonly environment: Environment;
  readonly temporaryFolder?: string;
}

const stopSeconds = 15;

/** Starts a main class. Its arguments go through a file of mode 0600, for they may hold passwords and a process list is public. */
export async function startKafkaJava(run: KafkaJavaRun): Promise<GuardedProcess & { readonly argumentsFile: string }> {
  const argumentsFile = join(run.folder, `.${run.mainClass}-${process.hrtime.bigint()}.args`);
  const words = [...run.jvmOptions, "-cp", join(run.jars, "*"), run.mainClass, ...run.args];
  await writeFile(argumentsFile, words.map(quoted).join("\n"), { mode: 0o600 });
  const started = await startGuarded({
    command: run.java.command,
    args: [`@${argumentsFile}`],
    workingFolder: run.folder,
    environment: serverEnvironment(run.environment),
    logFile: run.logFile,
    stopSeconds,
    ...(run.temporaryFolder === undefined ? {} : { temporaryFolder: run.temporaryFolder }),
  });
  return { ...started, argumentsFile };
}

/** One run of a tool. */
export interface KafkaToolRun extends Omit<KafkaJavaRun, "logFile" | "jvmOptions"> {
  /** What the tool was given and might repeat in a complaint; never shown. */
  readonly secrets: readonly string[];
}

/** Runs a tool of Kafka to its end. @throws PipelineError `serverFailed` or `diskFull` with what the tool said */
export async function runKafkaTool(tool: string, run: KafkaToolRun): Promise<void> {
  const logFile = join(run.folder, `.${run.mainClass}-${process.hrtime.bigint()}.log`);
  const started = await startKafkaJava({ ...run, jvmOptions: ["-Xmx256m", ...quickStartOptions], logFile });
  try {
    const end = await started.ended;
    started.release();
    if (end.code !== 0) {
      const said = run.secrets.reduce((log, secret) => log.replaceAll(secret, "***"), await readFile(logFile, "utf8"));
      await writeFile(logFile, said);
      throw serverFailure(tool, "failed", logFile, end, false);
    }
  } finally {
    await rm(started.argumentsFile, { force: true });
    await rm(logFile, { force: true }); // The formatter prints salted keys: nothing of it is kept.
  }
}

/** A word of a Java argument file. */
function quoted(word: string): string {
  return `"${word.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

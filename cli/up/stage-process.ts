import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PipelineError } from "../../domain/errors.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import { stageEnvironment } from "../../runtime/config/stage-heap.ts";
import type { StageReport } from "../../runtime/metrics/report.ts";

export interface StageProcessOptions {
  /** As in reports and log lines. */
  readonly stage: string;
  /** The arguments of `bellwether`. */
  readonly args: readonly string[];
  readonly environment: Environment;
  /** Each whole line that the stage logs. */
  readonly onLog: (line: string) => void;
  /** Each whole line of its standard output. Default: dropped. */
  readonly onOutput?: (line: string) => void;
}

/** A stage running as a process of its own. */
export interface StageProcess {
  readonly stage: string;
  /** What it reported last; undefined before its first report. */
  report(): StageReport | undefined;
  /** Rejects when the stage ends without having been told to. */
  readonly failed: Promise<never>;
  /** SIGTERM, then SIGKILL after a bound; resolves when it has ended. */
  stop(): Promise<void>;
}

/** How a command's own last words begin (`runCommand`). */
const faultMark = "bellwether: ";
const stopWithinMs = 15_000;
const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Starts a stage as a child process that reports over the process channel, and ends with this one. */
export function startStage(options: StageProcessOptions): StageProcess {
  const child = fork(main, options.args, {
    env: stageEnvironment(options.environment),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // A terminal's Ctrl-C reaches the whole process group; the order of stopping is ours, so that the stages get a group of their own.
    detached: true,
  });
  let report: StageReport | undefined;
  let stopping = false;
  let lastLine = "";
  child.on("message", (message) => {
    report = message as StageReport;
  });
  eachLine(child.stderr, (line) => {
    // A fault of a configuration takes several lines; what was said before it matters no more.
    lastLine = lastLine.startsWith(faultMark) && !line.startsWith(faultMark) ? `${lastLine}\n${line}` : line;
    options.onLog(line);
  });
  eachLine(child.stdout, (line) => options.onOutput?.(line));
  const ended = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  child.on("close", (code, signal) => {
    ended.resolve();
    if (!stopping) failed.reject(stageFailure(options.stage, code, signal, lastLine));
  });
  child.on("error", (error) => failed.reject(error));
  return {
    stage: options.stage,
    report: () => report,
    failed: failed.promise,
    async stop() {
      stopping = true;
      await stopChild(child, ended.promise);
    },
  };
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return ended;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
  await ended;
  clearTimeout(timer);
}

function stageFailure(stage: string, code: number | null, signal: string | null, lastLine: string): PipelineError {
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  const said = lastLine === "" ? "It said nothing." : `It said: ${lastLine.replace(/^bellwether: /, "")}`;
  return new PipelineError("stageFailed", `The ${stage} ${how}. ${said}`);
}

function eachLine(stream: NodeJS.ReadableStream | null, handle: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) handle(line);
  });
  stream?.on("end", () => rest !== "" && handle(rest));
}

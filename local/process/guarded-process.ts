import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PipelineError } from "../../domain/errors.ts";
import type { Environment } from "../../runtime/config/environment.ts";

/** A program to run beside this process and never to outlive it. */
export interface GuardedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly workingFolder: string;
  readonly environment: Environment;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** Drops to this user first; only root may. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** How long a SIGTERM may take before a SIGKILL follows, in whole seconds. */
  readonly stopSeconds: number;
  /** Removed when the program has ended and been stopped, by whoever ends it. */
  readonly temporaryFolder?: string;
}

/** How a process ended. */
export interface ProcessEnd {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** True where `stop` was called first. */
  readonly asked: boolean;
}

/** A running program. */
export interface GuardedProcess {
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  /** Ends it (SIGTERM, then SIGKILL), removes its temporary folder and resolves when both are done. Callable again. */
  stop(): Promise<void>;
  /** Ends the watch over a program that has ended by itself; its temporary folder stays. */
  release(): void;
}

const watcher = fileURLToPath(new URL("./watch-parent.sh", import.meta.url));

/**
 * Starts a program in a process group of its own (a terminal's Ctrl-C reaches this process only, which then stops its servers
 * in the right order), with a watcher beside it that ends it should this process die without stopping it.
 * @throws PipelineError `serverFailed` where the program cannot be started at all
 */
export async function startGuarded(command: GuardedCommand): Promise<GuardedProcess> {
  // The watcher first: from the moment that the program runs, its end is provided for.
  const watch = spawn("sh", [watcher, String(command.stopSeconds), command.temporaryFolder ?? ""], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const log = openSync(command.logFile, "a", 0o644);
  const child = spawn(command.command, command.args, {
    cwd: command.workingFolder,
    env: { ...command.environment },
    stdio: ["ignore", log, log],
    detached: true,
    ...command.user,
  });
  closeSync(log);
  watch.stdin.on("error", () => {}); // A watcher that was killed takes no more words; the program is still stopped below.
  watch.on("error", () => {});
  if (child.pid !== undefined) watch.stdin.write(`${child.pid}\n`);
  watch.unref();

  let asked = false;
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal, asked }));
  });
  await spawned(child, command.command);
  const pid = child.pid;
  if (pid === undefined) throw new Error("a spawned process has a pid");

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    asked = true;
    signalGroup(pid, "SIGTERM");
    const killing = setTimeout(() => signalGroup(pid, "SIGKILL"), command.stopSeconds * 1000);
    await ended;
    clearTimeout(killing);
    signalGroup(pid, "SIGKILL"); // What it may have started itself.
    if (command.temporaryFolder !== undefined)
      await rm(command.temporaryFolder, { recursive: true, force: true, maxRetries: 5 });
    watch.stdin.end("released\n");
  };
  return {
    pid,
    ended,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    release: () => {
      watch.stdin.end("released\n");
    },
  };
}

function spawned(child: ChildProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) =>
      reject(new PipelineError("serverFailed", `${command} could not be started: ${cause.message}.`, { cause })),
    );
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

import { existsSync, renameSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { PipelineError } from "../../domain/errors.ts";
import type { GuardedProcess } from "./guarded-process.ts";
import { serverFailure } from "./server-failure.ts";
import { keepLog, type ServerFolder } from "./server-folder.ts";

/** What starting one server takes. */
export interface ServerStart {
  /** For people, "Kafka". */
  readonly name: string;
  readonly folder: ServerFolder;
  readonly logFile: string;
  readonly launch: () => Promise<GuardedProcess>;
  /** Asks the server itself; false, or a rejection, means "not yet". */
  readonly isReady: () => Promise<boolean>;
  readonly startTimeoutMs: number;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

/** A server that has answered its health check. */
export interface RunningServer {
  readonly pid: number;
  /** Settles when the server is no more: undefined after `stop`, else the error that says why it died. Never rejects. */
  readonly exited: Promise<PipelineError | undefined>;
  /** Ends it and removes a temporary folder. Callable again. */
  stop(): Promise<void>;
}

const pollMs = 100;

/**
 * Starts a server and waits until it answers.
 * @throws PipelineError `serverFailed` or `diskFull`, with the last lines of its log, where it ends or does not answer in time
 */
export async function startServer(start: ServerStart): Promise<RunningServer> {
  if (existsSync(start.logFile)) renameSync(start.logFile, `${start.logFile}.previous`);
  const running = await start.launch();
  const failed = async (what: string) => {
    const end = await Promise.race([running.ended, delay(0, undefined)]);
    const logFile = await keepLog(start.folder, start.logFile);
    return serverFailure(start.name, what, logFile, end ?? undefined);
  };
  try {
    const deadlineMs = performance.now() + start.startTimeoutMs;
    let over = false;
    void running.ended.then(() => {
      over = true;
    });
    while (!(await start.isReady().catch(() => false))) {
      start.signal?.throwIfAborted();
      if (over) throw await failed("ended while starting");
      if (performance.now() > deadlineMs) throw await failed(`did not answer within ${start.startTimeoutMs / 1000} s`);
      await delay(pollMs);
    }
  } catch (error) {
    await running.stop();
    throw error;
  }
  const exited = running.ended.then((end) =>
    end.asked ? undefined : serverFailure(start.name, "stopped unexpectedly", start.logFile, end),
  );
  return { pid: running.pid, exited, stop: () => running.stop() };
}

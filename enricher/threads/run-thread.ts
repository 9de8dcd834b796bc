import { type MessagePort, workerData } from "node:worker_threads";
import { PipelineError } from "../../domain/errors.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import type { Log, LogLevel } from "../../runtime/log/log.ts";
import type { EnricherConfig } from "../config.ts";
import { startMember } from "../member.ts";
import type { ThreadFault, ThreadMessage } from "./messages.ts";

const reportEveryMs = 200;

/** One member of the group, until the port says stop or it fails; then the thread ends. */
export async function runThread(port: MessagePort): Promise<void> {
  const tell = (message: ThreadMessage) => port.postMessage(message);
  try {
    await runMember(workerData as EnricherConfig, port, tell);
  } catch (error) {
    tell({ type: "failed", fault: faultOf(error) });
  }
  // A connection that lingers must not keep the thread.
  process.exit();
}

async function runMember(
  config: EnricherConfig,
  port: MessagePort,
  tell: (message: ThreadMessage) => void,
): Promise<void> {
  const stopped = new Promise<void>((resolve) => port.once("message", () => resolve()));
  const member = await startMember(config, { log: toldLog(tell), clock: systemClock });
  tell({ type: "started" });
  const report = () => tell({ type: "report", report: member.report() });
  const timer = setInterval(report, reportEveryMs);
  try {
    await Promise.race([member.failed, stopped]);
  } finally {
    clearInterval(timer);
    await member.close();
    report();
  }
}

/** Lines are written by the thread that started this one, so that they never mix. */
function toldLog(tell: (message: ThreadMessage) => void): Log {
  const at =
    (level: LogLevel): Log["info"] =>
    (message, fields = {}) =>
      tell({ type: "log", level, message, fields });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function faultOf(error: unknown): ThreadFault {
  if (error instanceof PipelineError) {
    return { message: error.message, code: error.code, remedy: error.remedy ?? null };
  }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), code: null, remedy: null };
}

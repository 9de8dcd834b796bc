import { closeSync, fstatSync, openSync, readSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { PipelineError } from "../../domain/errors.ts";
import type { ProcessEnd } from "./guarded-process.ts";

const tailBytes = 64 * 1024;
const linesMax = 5;
const freeBytesMin = 16 * 1024 * 1024;

/** What a server's own log says about its end: the error that explains why it did not start or why it died. A log that is gone soon is not named. */
export function serverFailure(
  server: string,
  what: string,
  logFile: string,
  end?: ProcessEnd,
  logStays = true,
): PipelineError {
  const tail = tailOf(logFile);
  const how = end === undefined ? "" : ` (${end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`})`;
  const lines = meaningfulLines(tail);
  const said = lines.length === 0 ? "Its log is empty" : `Its log ends with: ${lines.join(" | ")}`;
  const message = `${server} ${what}${how}. ${said}${logStays ? ` (${logFile})` : ""}.`;
  if (isDiskFull(tail, logFile)) {
    return new PipelineError("diskFull", message, {
      remedy: `Free disk space at ${dirname(logFile)}, then start again.`,
    });
  }
  return new PipelineError("serverFailed", message, { remedy: "Mend what the log names, then start again." });
}

/** The last lines of a Java server's log that a person would read: errors and their causes before ordinary lines, no stack frames. */
export function meaningfulLines(log: string): string[] {
  const lines = log.split("\n").map((line) => line.trim());
  const spoken = lines.filter(
    (line) => line !== "" && !/^(at |\.\.\. \d+ more|WARNING: |likely root cause)/.test(line),
  );
  const errors = spoken.filter(
    (line) => !/ INFO /.test(line) && /\b(ERROR|FATAL|SEVERE)\b|Exception|^Error|^Caused by/.test(line),
  );
  return [...new Set(errors.length > 0 ? errors : spoken)].slice(-linesMax).map((line) => line.slice(0, 300));
}

/** Java tells a full disk by the operating system's words alone; the free space is asked too, for a log that could not be written. */
function isDiskFull(tail: string, logFile: string): boolean {
  if (/No space left on device|Disk quota exceeded/.test(tail)) return true;
  return freeBytes(dirname(logFile)) < freeBytesMin;
}

/** Free space for an ordinary user at a folder; unlimited where the system does not say. */
export function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function tailOf(file: string): string {
  let handle: number | undefined;
  try {
    handle = openSync(file, "r");
    const { size } = fstatSync(handle);
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8");
  } catch {
    return "";
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

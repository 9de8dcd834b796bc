import { createLog, type Log, type LogLevel } from "../runtime/log/log.ts";

/** What of a configuration a log needs. */
export interface LogConfig {
  readonly LOG_LEVEL: LogLevel;
  readonly LOG_FORMAT: "text" | "json";
}

/** A stage's log on standard error, as its configuration wants it. */
export function stageLog(
  stage: string,
  config: LogConfig,
  write = (line: string) => void process.stderr.write(line),
): Log {
  return createLog({ stage, level: config.LOG_LEVEL, format: config.LOG_FORMAT, now: () => new Date(), write });
}

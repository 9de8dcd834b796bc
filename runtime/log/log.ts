/** Importance of a log line, least first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Values that explain a log line. Never a secret: nothing here is masked. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where a stage says what it does. Lines go to standard error, so that standard output stays free for data. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LogOptions {
  /** The stage's name, the first word of every line. */
  readonly stage: string;
  readonly level: LogLevel;
  readonly format: "text" | "json";
  readonly now: () => Date;
  readonly write: (line: string) => void;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A log of one stage: `text` for people, `json` (one object a line) for collectors. */
export function createLog(options: LogOptions): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (ranks[level] < ranks[options.level]) return;
      const time = options.now().toISOString();
      const line =
        options.format === "json"
          ? JSON.stringify({ time, level, stage: options.stage, message, ...fields })
          : `${time} ${options.stage} ${level} ${message}${textOf(fields)}`;
      options.write(`${line}\n`);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function textOf(fields: LogFields): string {
  let text = "";
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) text += ` ${name}=${typeof value === "string" ? JSON.stringify(value) : value}`;
  }
  return text;
}

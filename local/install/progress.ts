/** How far a one-time download has come. */
interface InstallProgress {
  /** "Kafka 4.3.1". */
  readonly name: string;
  /** 0 to 1; an estimate until it is 1. */
  readonly done: number;
  /** True when it was given up. */
  readonly failed?: boolean;
}

export type OnInstallProgress = (progress: InstallProgress) => void;

/** Where progress is shown: standard error as a rule. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const barWidth = 20;

/**
 * Shows downloads: on a terminal one line with a bar for each, rewritten in place; elsewhere a plain line at each quarter.
 * The line is ended once all that were shown are done.
 */
export function showInstallProgress(stream: ProgressStream): OnInstallProgress {
  const shown = new Map<string, number>();
  return ({ name, done, failed }) => {
    if (failed === true) {
      shown.delete(name);
      if (stream.isTTY === true) stream.write("\r\u001b[K");
      return;
    }
    const before = shown.get(name);
    shown.set(name, done);
    if (stream.isTTY === true) {
      const line = [...shown].map(([each, part]) => `${each} ${bar(part)} ${percent(part)}`).join("   ");
      const all = [...shown.values()].every((part) => part >= 1);
      stream.write(`\r\u001b[K${line.slice(0, (stream.columns ?? 80) - 1)}${all ? "\n" : ""}`);
      if (all) shown.clear();
    } else if (before === undefined || Math.floor(done * 4) > Math.floor(before * 4)) {
      stream.write(before === undefined ? `Downloading ${name} (once)\n` : `Downloading ${name}: ${percent(done)}\n`);
    }
  };
}

function bar(part: number): string {
  const full = Math.round(Math.min(part, 1) * barWidth);
  return `[${"#".repeat(full)}${".".repeat(barWidth - full)}]`;
}

function percent(part: number): string {
  return `${Math.floor(Math.min(part, 1) * 100)}%`;
}

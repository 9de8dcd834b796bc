import type { TopicPosition } from "../kafka/types.ts";

/** What a stage tells the process that started it, a few times a second and once at its end. */
export interface StageReport {
  readonly stage: string;
  /** `ended`: the stage has published all that its source will ever give (a recording that is through). */
  readonly state: "starting" | "running" | "ended";
  readonly metrics: Readonly<Record<string, number>>;
  /** Producer: the acknowledged ends of the raw log. Readers: the next offsets to read, all before them dealt with. */
  readonly positions: readonly TopicPosition[];
  /** The newest prices, for the live summary. */
  readonly prices: readonly LatestPrice[];
}

export interface LatestPrice {
  readonly symbol: string;
  readonly midPrice: number | null;
  readonly percentChange: number | null;
  readonly indicator: "Bullish" | "Bearish" | "Neutral" | null;
}

/** Sends a report to the parent process; does nothing where there is none. */
function sendReport(report: StageReport): void {
  if (process.connected) process.send?.(report);
}

const reportEveryMs = 500;

/** Sends what `make` gives twice a second, and once more at the end. */
export function reportRegularly(make: () => StageReport): { close(): void } {
  const timer = setInterval(() => sendReport(make()), reportEveryMs);
  timer.unref();
  return {
    close() {
      clearInterval(timer);
      sendReport(make());
    },
  };
}

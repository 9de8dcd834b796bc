import type { Clock } from "../clock/clock.ts";
import type { TopicPosition } from "../kafka/types.ts";
import type { Log } from "../log/log.ts";
import type { Figures } from "./metrics.ts";
import { metricsLine } from "./metrics-line.ts";

/** What a stage tells the process that started it, a few times a second and once at its end. */
export interface StageReport {
  readonly stage: string;
  /** `ended`: the stage has published all that its source will ever give (a recording that is through). */
  readonly state: "starting" | "running" | "ended";
  readonly metrics: Figures;
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

/** How a stage logs its figures. */
export interface MetricsLog {
  readonly log: Log;
  readonly clock: Clock;
  /** 0: not at all. */
  readonly everySeconds: number;
}

/** Sends what `make` gives twice a second, and once more at the end; logs it as often as is asked for, and whenever the state is another. */
export function reportRegularly(make: () => StageReport, metricsLog?: MetricsLog): { close(): void } {
  const logged = metricsLog === undefined || metricsLog.everySeconds === 0 ? () => {} : metricsLogger(metricsLog);
  const tell = (isLast: boolean) => {
    const report = make();
    sendReport(report);
    logged(report, isLast);
  };
  const timer = setInterval(tell, reportEveryMs, false);
  timer.unref();
  return {
    close() {
      clearInterval(timer);
      tell(true);
    },
  };
}

/** Message of the lines that hold figures: what collectors look for. */
const metricsMessage = "metrics";

function metricsLogger({ log, clock, everySeconds }: MetricsLog): (report: StageReport, isLast: boolean) => void {
  let before: StageReport | null = null;
  let atMicros = clock.nowMicros();
  return (report, isLast) => {
    const nowMicros = clock.nowMicros();
    const isDue = nowMicros - atMicros >= everySeconds * 1_000_000 || report.state !== before?.state;
    if (!isDue && !isLast) return;
    log.info(metricsMessage, metricsLine(report, before, nowMicros));
    before = report;
    atMicros = nowMicros;
  };
}

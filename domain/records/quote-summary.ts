import { formatMid, formatTenThousandths } from "../price/format.ts";
import type { MidHalfMicros } from "../price/price.ts";
import { nanosBetween } from "../time/event-time.ts";

/** What a window knows of the usable quotes in it (W5); mids in half millionths of a dollar, times as `EventTime` has them. */
export interface QuoteSummary {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly closeMicros: number;
  readonly closeNanos: number;
  readonly firstMicros: number;
  readonly firstNanos: number;
  readonly firstMid: number;
  /** Sum of (mid - firstMid) x nanoseconds, up to the newest quote. */
  readonly weighted: number;
  readonly count: number;
  /** Sum of 10000 x (ask - bid) / mid. */
  readonly spreadSum: number;
}

/** The values of a window as the inside of a JSON object, from `open` to `spreadBps`, the newest mid weighted until `untilMicros` (W5, W6). */
export function quoteSummaryJson(summary: QuoteSummary, untilMicros: number, untilNanos: number): string {
  const average = timeWeightedAverage(summary, untilMicros, untilNanos);
  const spread = Math.round((summary.spreadSum / summary.count) * 10_000);
  return `"open":${mid(summary.open)},"high":${mid(summary.high)},"low":${mid(summary.low)},"close":${mid(summary.close)},"timeWeightedAverage":${mid(average)},"count":${summary.count},"spreadBps":${formatTenThousandths(spread)}`;
}

/**
 * Each mid weighted by the time until the next in-order one, the newest until the given moment (W5); a window of one moment has its newest mid as average (W6).
 * In half millionths, cut to a whole one: rounding to the millionth then gives the nearest, halves up.
 */
function timeWeightedAverage(summary: QuoteSummary, untilMicros: number, untilNanos: number): number {
  const until = { micros: untilMicros, nanos: untilNanos };
  const spanNanos = nanosBetween({ micros: summary.firstMicros, nanos: summary.firstNanos }, until);
  if (spanNanos <= 0) return summary.close;
  const heldNanos = nanosBetween({ micros: summary.closeMicros, nanos: summary.closeNanos }, until);
  const weighted = summary.weighted + (summary.close - summary.firstMid) * heldNanos;
  return summary.firstMid + Math.floor(weighted / spanNanos);
}

function mid(value: number): string {
  return formatMid(value as MidHalfMicros);
}

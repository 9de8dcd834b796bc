import type { MidHalfMicros } from "../price/price.ts";
import { nanosBetween } from "../time/event-time.ts";
import { keys } from "./ascii.ts";
import type { JsonWriter } from "./json-writer.ts";

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

const key = keys("open", "high", "low", "close", "timeWeightedAverage", "count", "spreadBps");

/** The values of a window, from `open` to `spreadBps`, the newest mid weighted until `untilMicros` (W5, W6). */
export function writeQuoteSummary(
  json: JsonWriter,
  summary: QuoteSummary,
  untilMicros: number,
  untilNanos: number,
): void {
  json.put(key.open).mid(summary.open as MidHalfMicros);
  json.put(key.high).mid(summary.high as MidHalfMicros);
  json.put(key.low).mid(summary.low as MidHalfMicros);
  json.put(key.close).mid(summary.close as MidHalfMicros);
  json.put(key.timeWeightedAverage).mid(timeWeightedAverage(summary, untilMicros, untilNanos));
  json.put(key.count).number(summary.count);
  json.put(key.spreadBps).tenThousandths(Math.round((summary.spreadSum / summary.count) * 10_000));
}

/**
 * Each mid weighted by the time until the next in-order one, the newest until the given moment (W5); a window of one moment has its newest mid as average (W6).
 * In half millionths, cut to a whole one: rounding to the millionth then gives the nearest, halves up.
 */
function timeWeightedAverage(summary: QuoteSummary, untilMicros: number, untilNanos: number): MidHalfMicros {
  const until = { micros: untilMicros, nanos: untilNanos };
  const spanNanos = nanosBetween({ micros: summary.firstMicros, nanos: summary.firstNanos }, until);
  if (spanNanos <= 0) return summary.close as MidHalfMicros;
  const heldNanos = nanosBetween({ micros: summary.closeMicros, nanos: summary.closeNanos }, until);
  const weighted = summary.weighted + (summary.close - summary.firstMid) * heldNanos;
  return (summary.firstMid + Math.floor(weighted / spanNanos)) as MidHalfMicros;
}

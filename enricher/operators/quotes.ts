import type { Quote } from "../../domain/messages/raw-record.ts";
import type { Interval } from "../../domain/settings.ts";
import type { PartitionState, SymbolState } from "./state.ts";
import { inOrderOfEnd } from "./window-groups.ts";
import type { TumblingWindow } from "./window-state.ts";
import { hasClosed, windowFor } from "./windows.ts";

/**
 * Folds a usable quote into every window that holds its time and is not past the grace, opening those that are not there yet (W3 to W5).
 * @returns the closed ones among them, in the order of their revised candles; null where there are none
 */
export function foldQuote(state: PartitionState, symbol: SymbolState, quote: Quote): readonly TumblingWindow[] | null {
  const mid = quote.bid + quote.ask;
  const spreadBps = (20_000 * (quote.ask - quote.bid)) / mid;
  let revised: TumblingWindow[] | null = null;
  const { intervals } = state.settings;
  for (let index = 0; index < intervals.length; index++) {
    const window = windowFor(state, symbol, intervals[index] as Interval, quote.micros);
    if (window === null) continue;
    addQuote(window, quote, mid, spreadBps);
    if (!hasClosed(state, window)) continue;
    revised ??= [];
    revised.push(window);
  }
  return revised === null ? null : inOrderOfEnd(revised);
}

/** W5: an older quote than the newest counts for count, high, low and spread, and for open where it is the oldest; of equal times the later on the log is the newer (W1). */
function addQuote(window: TumblingWindow, quote: Quote, mid: number, spreadBps: number): void {
  const { micros, nanos } = quote;
  if (window.count === 0) {
    startQuotes(window, micros, nanos, mid);
  } else if (micros > window.closeMicros || (micros === window.closeMicros && nanos >= window.closeNanos)) {
    const heldNanos = (micros - window.closeMicros) * 1000 + (nanos - window.closeNanos);
    window.weighted += (window.close - window.firstMid) * heldNanos;
    window.close = mid;
    window.closeMicros = micros;
    window.closeNanos = nanos;
  } else if (micros < window.openMicros || (micros === window.openMicros && nanos < window.openNanos)) {
    window.open = mid;
    window.openMicros = micros;
    window.openNanos = nanos;
  }
  if (mid > window.high) window.high = mid;
  if (mid < window.low) window.low = mid;
  window.count++;
  window.spreadSum += spreadBps;
}

function startQuotes(window: TumblingWindow, micros: number, nanos: number, mid: number): void {
  window.open = mid;
  window.high = mid;
  window.low = mid;
  window.close = mid;
  window.openMicros = micros;
  window.openNanos = nanos;
  window.closeMicros = micros;
  window.closeNanos = nanos;
  window.firstMicros = micros;
  window.firstNanos = nanos;
  window.firstMid = mid;
}

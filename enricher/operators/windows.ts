import type { Quote } from "../../domain/messages/raw-record.ts";
import type { Interval } from "../../domain/settings.ts";
import { formatEventTime } from "../../domain/time/event-time.ts";
import type { OpenWindow, PartitionState, SymbolState, WindowsDue } from "./state.ts";

/** W4: true when any window that holds the time has closed. */
export function isLate(state: PartitionState, micros: number): boolean {
  const { watermarkMicros } = state.clock;
  // Every window that holds the time ends after it: most records are past the watermark, and settled here.
  if (micros >= watermarkMicros) return false;
  return state.settings.intervals.some((interval) => startOf(micros, interval) + interval.micros <= watermarkMicros);
}

/** Folds a usable quote, in time, into every window that holds its time, opening those that are not there yet (W3, W5). */
export function foldQuote(state: PartitionState, symbol: SymbolState, quote: Quote): void {
  const mid = quote.bid + quote.ask;
  const spreadBps = (20_000 * (quote.ask - quote.bid)) / mid;
  for (const interval of state.settings.intervals) {
    const window = findWindow(symbol, interval, quote.micros);
    if (window === undefined) openWindow(state, symbol, interval, quote, spreadBps);
    else addQuote(window, quote, mid, spreadBps);
  }
}

/** The open windows that hold a time, shortest first (W6). */
export function windowsAt(state: PartitionState, symbol: SymbolState, micros: number): readonly OpenWindow[] {
  const found: OpenWindow[] = [];
  for (const interval of state.settings.intervals) {
    const window = findWindow(symbol, interval, micros);
    if (window !== undefined) found.push(window);
  }
  return found;
}

/**
 * Removes the windows that the watermark has reached, and hands each to `close` in the order of D6: by end, then interval,
 * then symbol in code-unit order.
 */
export function closeDueWindows(state: PartitionState, close: (symbol: SymbolState, window: OpenWindow) => void): void {
  const { due, clock } = state;
  for (let next = due[0]; next !== undefined && next.endMicros <= clock.watermarkMicros; next = due[0]) {
    due.shift();
    next.symbols.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
    for (const symbol of next.symbols) {
      const at = symbol.windows.findIndex(
        (window) => window.endMicros === next.endMicros && window.interval.micros === next.interval.micros,
      );
      const [window] = symbol.windows.splice(at, 1);
      if (window !== undefined) close(symbol, window);
    }
  }
}

function findWindow(symbol: SymbolState, interval: Interval, micros: number): OpenWindow | undefined {
  const { windows } = symbol;
  for (let at = windows.length - 1; at >= 0; at--) {
    const window = windows[at];
    if (
      window !== undefined &&
      window.interval.micros === interval.micros &&
      micros >= window.startMicros &&
      micros < window.endMicros
    ) {
      return window;
    }
  }
  return undefined;
}

/** Tumbling windows are aligned to the epoch (W3). */
function startOf(micros: number, interval: Interval): number {
  return micros - (micros % interval.micros);
}

function openWindow(
  state: PartitionState,
  symbol: SymbolState,
  interval: Interval,
  quote: Quote,
  spreadBps: number,
): void {
  const startMicros = startOf(quote.micros, interval);
  const mid = quote.bid + quote.ask;
  const window: OpenWindow = {
    interval,
    startMicros,
    endMicros: startMicros + interval.micros,
    startText: formatEventTime({ micros: startMicros, nanos: 0 }),
    open: mid,
    high: mid,
    low: mid,
    close: mid,
    openMicros: quote.micros,
    openNanos: quote.nanos,
    closeMicros: quote.micros,
    closeNanos: quote.nanos,
    firstMicros: quote.micros,
    firstNanos: quote.nanos,
    firstMid: mid,
    weighted: 0,
    count: 1,
    spreadSum: spreadBps,
  };
  symbol.windows.push(window);
  dueAt(state.due, window.endMicros, interval).symbols.push(symbol);
}

/** W5: an older quote than the newest counts for count, high, low and spread, and for open where it is the oldest; of equal times the later on the log is the newer (W1). */
function addQuote(window: OpenWindow, quote: Quote, mid: number, spreadBps: number): void {
  const { micros, nanos } = quote;
  if (micros > window.closeMicros || (micros === window.closeMicros && nanos >= window.closeNanos)) {
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

/** The group of windows with this end and interval, made in its place where it is new: soonest end first, then shortest. */
function dueAt(due: WindowsDue[], endMicros: number, interval: Interval): WindowsDue {
  let at = due.length;
  for (; at > 0; at--) {
    const group = due[at - 1];
    if (group === undefined || group.endMicros < endMicros) break;
    if (group.endMicros === endMicros) {
      if (group.interval.micros === interval.micros) return group;
      if (group.interval.micros < interval.micros) break;
    }
  }
  const group: WindowsDue = { endMicros, interval, symbols: [] };
  due.splice(at, 0, group);
  return group;
}

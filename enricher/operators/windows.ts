import type { Interval } from "../../domain/settings.ts";
import { dropPastTrades } from "./kept-trades.ts";
import type { PartitionState, SymbolState } from "./state.ts";
import { groupAt, symbolsInOrder } from "./window-groups.ts";
import type { TumblingWindow } from "./window-state.ts";

/** W4: true when any window that holds the time has closed. */
export function isLate(state: PartitionState, micros: number): boolean {
  const { watermarkMicros } = state.clock;
  // Every window that holds the time ends after it: most records are past the watermark, and settled here.
  if (micros >= watermarkMicros) return false;
  return state.settings.intervals.some((interval) => startOf(micros, interval) + interval.micros <= watermarkMicros);
}

/** W3: whether the window's candle has been due. */
export function hasClosed(state: PartitionState, window: TumblingWindow): boolean {
  return window.endMicros <= state.clock.watermarkMicros;
}

/** The open windows that hold a time and have quotes, shortest first (W6). */
export function runningWindows(state: PartitionState, symbol: SymbolState, micros: number): readonly TumblingWindow[] {
  const { intervals } = state.settings;
  // As long as it gets as a rule: a list that grows from nothing takes room for seventeen, for each quote.
  const found = new Array<TumblingWindow>(intervals.length);
  let count = 0;
  for (let index = 0; index < intervals.length; index++) {
    const window = findWindow(symbol, intervals[index] as Interval, micros);
    if (window !== undefined && window.count > 0 && !hasClosed(state, window)) found[count++] = window;
  }
  return count === found.length ? found : found.slice(0, count);
}

/**
 * The window of one length that holds a time, opened where it is not there yet: open, or closed and inside the grace, where a late record may be its first.
 * Null past the grace (W4).
 */
export function windowFor(
  state: PartitionState,
  symbol: SymbolState,
  interval: Interval,
  micros: number,
): TumblingWindow | null {
  const known = findWindow(symbol, interval, micros);
  if (known !== undefined) return known;
  const startMicros = startOf(micros, interval);
  const endMicros = startMicros + interval.micros;
  if (endMicros <= state.clock.forgottenMicros) return null;
  const window = emptyWindow(interval, startMicros);
  symbol.windows.push(window);
  groupAt(hasClosed(state, window) ? state.graced : state.due, endMicros, interval).symbols.push(symbol);
  return window;
}

/** Whether the watermark has reached an end of a window, or of a grace: most records find nothing to close. */
export function areWindowsDue({ due, graced, clock }: PartitionState): boolean {
  const next = due[0];
  if (next !== undefined && next.endMicros <= clock.watermarkMicros) return true;
  const past = graced[0];
  return past !== undefined && past.endMicros <= clock.forgottenMicros;
}

/**
 * Closes the windows that the watermark has reached, handing each to `close` in the order of D6: by end, then interval, then symbol in code-unit order.
 * Then forgets those whose grace has passed (W4), and their trades.
 */
export function closeDueWindows(
  state: PartitionState,
  close: (symbol: SymbolState, window: TumblingWindow) => void,
): void {
  const { due, graced, clock } = state;
  for (let next = due[0]; next !== undefined && next.endMicros <= clock.watermarkMicros; next = due[0]) {
    due.shift();
    for (const symbol of symbolsInOrder(next)) {
      const window = symbol.windows[placeOf(symbol, next.interval, next.endMicros)];
      if (window !== undefined) close(symbol, window);
    }
    graced.push(next);
  }
  for (let next = graced[0]; next !== undefined && next.endMicros <= clock.forgottenMicros; next = graced[0]) {
    graced.shift();
    for (const symbol of next.symbols) {
      symbol.windows.splice(placeOf(symbol, next.interval, next.endMicros), 1);
      dropPastTrades(symbol);
    }
  }
}

/** The place of a window that is there. */
export function placeOf(symbol: SymbolState, interval: Interval, endMicros: number): number {
  return symbol.windows.findIndex(
    (window) => window.endMicros === endMicros && window.interval.micros === interval.micros,
  );
}

function findWindow(symbol: SymbolState, interval: Interval, micros: number): TumblingWindow | undefined {
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

function emptyWindow(interval: Interval, startMicros: number): TumblingWindow {
  return {
    interval,
    startMicros,
    endMicros: startMicros + interval.micros,
    nextRevision: 0,
    count: 0,
    open: 0,
    high: 0,
    low: 0,
    close: 0,
    openMicros: 0,
    openNanos: 0,
    closeMicros: 0,
    closeNanos: 0,
    firstMicros: 0,
    firstNanos: 0,
    firstMid: 0,
    weighted: 0,
    spreadSum: 0,
    trades: null,
    settledTrades: null,
  };
}

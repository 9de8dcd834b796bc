import type { PriceMicros } from "../../domain/price/price.ts";
import type { Interval, MarketSettings } from "../../domain/settings.ts";

/** All that the fold of one partition remembers. A step takes it over and gives it back changed: nobody else holds it. */
export interface PartitionState {
  settings: MarketSettings;
  clock: PartitionClock;
  readonly symbols: Map<string, SymbolState>;
  /** The open windows by their end, soonest first, then shortest: what the watermark looks at. Follows from `symbols`. */
  readonly due: WindowsDue[];
}

/** The time of one partition (W2, W8). Microseconds since the epoch; -Infinity before any. */
export interface PartitionClock {
  /** The highest event time seen, heartbeats included. */
  newestMicros: number;
  watermarkMicros: number;
  /** The newest heartbeat's time; an event may be `maxAheadMs` past it. */
  heartbeatMicros: number;
  heartbeatNanos: number;
}

/** What is remembered of one symbol. */
export interface SymbolState {
  readonly symbol: string;
  /** The previous closes told for the previous, the current and the next session, oldest first (C4). */
  references: readonly KnownClose[];
  /** Few: those of the present moment, and their neighbours within `maxOutOfOrderMs`. */
  readonly windows: OpenWindow[];
}

/** A previous close that is in force for one session. */
export interface KnownClose {
  readonly sessionDate: string;
  readonly price: PriceMicros;
  readonly date: string;
  readonly source: "official" | "observed";
}

/** One tumbling window of one symbol, still open (W3, W5). Mids are in half millionths of a dollar, times as `EventTime` has them. */
export interface OpenWindow {
  readonly interval: Interval;
  readonly startMicros: number;
  readonly endMicros: number;
  /** `startMicros` as it is written, once for the many records that carry it. */
  readonly startText: string;
  open: number;
  high: number;
  low: number;
  close: number;
  /** Time of `open`: the oldest usable quote. */
  openMicros: number;
  openNanos: number;
  /** Time of `close`: the newest usable quote. */
  closeMicros: number;
  closeNanos: number;
  /** Time and mid of the first usable quote on the log, where the time-weighted average begins. */
  firstMicros: number;
  firstNanos: number;
  readonly firstMid: number;
  /** Sum of (mid - firstMid) x nanoseconds up to the newest quote: the average less its base, so that doubles keep their precision. */
  weighted: number;
  count: number;
  /** Sum of 10000 x (ask - bid) / mid, in log order. */
  spreadSum: number;
}

/** The symbols with a window of one interval that ends at one moment. */
export interface WindowsDue {
  readonly endMicros: number;
  readonly interval: Interval;
  readonly symbols: SymbolState[];
}

/** The state before the first record. */
export function emptyState(settings: MarketSettings): PartitionState {
  const never = Number.NEGATIVE_INFINITY;
  return {
    settings,
    clock: { newestMicros: never, watermarkMicros: never, heartbeatMicros: never, heartbeatNanos: 0 },
    symbols: new Map(),
    due: [],
  };
}

/** The symbol's state, made where it is new. */
export function symbolState(state: PartitionState, symbol: string): SymbolState {
  let known = state.symbols.get(symbol);
  if (known === undefined) {
    known = { symbol, references: [], windows: [] };
    state.symbols.set(symbol, known);
  }
  return known;
}

import type { CountsFor } from "../../domain/messages/sale-conditions.ts";
import type { MidHalfMicros, PriceMicros } from "../../domain/price/price.ts";
import type { Indicator } from "../../domain/records/indicator.ts";
import type { MarketSettings } from "../../domain/settings.ts";
import type { GapSpan } from "./gaps.ts";
import type { TumblingWindow, WindowGroup } from "./window-state.ts";

/**
 * All that the fold of one partition remembers: plain data, so that it can be written down and read again (D2). A step takes it over and gives it back
 * changed: nobody else holds it. A symbol's part changes only by a record that names the symbol, by a candle of it, or by the clock, as `closeDueWindows`
 * forgets its windows: so that a snapshot need hold only what has changed.
 */
export interface PartitionState {
  settings: MarketSettings;
  clock: PartitionClock;
  readonly symbols: Map<string, SymbolState>;
  /** The open windows by their end, soonest first, then shortest: what the watermark looks at. Follows from `symbols`. */
  readonly due: WindowGroup[];
  /** The closed windows inside the grace, in the same order (W4). Follows from `symbols`. */
  readonly graced: WindowGroup[];
  /** The holes that concern every symbol, and may still touch a candle to come (W9). */
  gaps: readonly GapSpan[];
  /** How many trades of open or graced windows were let go for their number, so that no correction finds them (W7). */
  tradesLetGo: number;
}

/** A moment before any that can be read: event times begin in 1970. A number that JSON can hold, unlike -Infinity. */
export const never = -1e15;

/** The time of one partition (W2, W4, W8). Microseconds since the epoch; `never` before any. None but the heartbeat's nanoseconds ever goes back. */
export interface PartitionClock {
  /** The highest event time seen, heartbeats included. */
  newestMicros: number;
  watermarkMicros: number;
  /** The watermark less the grace: a window that ended by then changes no more. */
  forgottenMicros: number;
  /** The newest heartbeat's time; an event may be `maxAheadMs` past it. */
  heartbeatMicros: number;
  heartbeatNanos: number;
}

/** What is remembered of one symbol. */
export interface SymbolState {
  readonly symbol: string;
  /** The previous closes told for the previous, the current and the next session, oldest first (C4). */
  references: readonly KnownClose[];
  /** What the quotes of the last few sessions have shown, oldest first. */
  readonly days: SymbolDay[];
  /** The splits told, oldest ex-date first (C5). */
  splits: readonly KnownSplit[];
  /** The last changes of the trading status, by event time. */
  statuses: readonly KnownStatus[];
  /** The holes of this symbol alone (W9). */
  gaps: readonly GapSpan[];
  /** Few: those of the present moment, and the closed ones inside the grace, in the order in which they were opened. */
  readonly windows: TumblingWindow[];
  /** The trades of these windows one by one, in log order (W7). */
  readonly trades: KeptTrade[];
  /** The lengths of the windows that hold these trades, in microseconds: the intervals in force when they came. */
  tradeLengths: readonly number[];
}

/** A previous close that is in force for one session; the price in half millionths. */
export interface KnownClose {
  readonly sessionDate: string;
  readonly price: MidHalfMicros;
  readonly date: string;
  readonly source: "official" | "observed";
}

/** A split on its ex-date; of several records the last on the log. */
export interface KnownSplit {
  readonly exDate: string;
  readonly oldRate: number;
  readonly newRate: number;
}

/** What the quotes of one symbol have shown in one session. */
export interface SymbolDay {
  readonly date: string;
  /** The mid of the last usable quote of the regular hours, by event time (C5); 0 before any. */
  closeMid: number;
  closeMicros: number;
  closeNanos: number;
  /** Time and indicator of the newest usable quote in order (I3). */
  newestMicros: number;
  newestNanos: number;
  indicator: Indicator | null;
}

/** From when on a symbol was halted, or was not. */
export interface KnownStatus {
  readonly micros: number;
  readonly nanos: number;
  readonly halted: boolean;
}

/** A trade that a correction may still change (W7). */
export interface KeptTrade {
  /** As JSON text; empty once the trade is cancelled, so that nothing finds it again. */
  id: string;
  readonly exchange: string;
  /** The trade's own time, which a correction keeps. */
  readonly micros: number;
  readonly nanos: number;
  price: PriceMicros;
  size: number;
  countsFor: CountsFor;
}

/** The state before the first record. */
export function emptyState(settings: MarketSettings): PartitionState {
  return {
    settings,
    clock: {
      newestMicros: never,
      watermarkMicros: never,
      forgottenMicros: never,
      heartbeatMicros: never,
      heartbeatNanos: 0,
    },
    symbols: new Map(),
    due: [],
    graced: [],
    gaps: [],
    tradesLetGo: 0,
  };
}

/** The symbol's state, made where it is new. */
export function symbolState(state: PartitionState, symbol: string): SymbolState {
  let known = state.symbols.get(symbol);
  if (known === undefined) {
    known = {
      symbol,
      references: [],
      days: [],
      splits: [],
      statuses: [],
      gaps: [],
      windows: [],
      trades: [],
      tradeLengths: [],
    };
    state.symbols.set(symbol, known);
  }
  return known;
}

import type { PriceMicros } from "../../domain/price/price.ts";
import type { Interval } from "../../domain/settings.ts";
import type { SymbolState } from "./state.ts";

/** One tumbling window of one symbol, open or inside the grace (W3 to W5). Mids are in half millionths of a dollar, times as `EventTime` has them. */
export interface TumblingWindow {
  readonly interval: Interval;
  readonly startMicros: number;
  readonly endMicros: number;
  /** The revision that the next candle will have; 0 as long as none is published. */
  nextRevision: number;
  /** How many usable quotes; where it is 0, the values of quotes say nothing. */
  count: number;
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
  firstMid: number;
  /** Sum of (mid - firstMid) x nanoseconds up to the newest quote: the average less its base, so that doubles keep their precision. */
  weighted: number;
  /** Sum of 10000 x (ask - bid) / mid, in log order. */
  spreadSum: number;
  /** Of all trades that count; null before the first. */
  trades: WindowTrades | null;
  /** Of those among them that are no longer kept one by one: the first on the log. */
  settledTrades: WindowTrades | null;
}

/** The trades of a window that count, summed up: a `TradeSummary` in the making. */
export interface WindowTrades {
  open: PriceMicros;
  high: PriceMicros;
  low: PriceMicros;
  close: PriceMicros;
  /** Times of the first and the last trade that set a price. */
  openMicros: number;
  openNanos: number;
  closeMicros: number;
  closeNanos: number;
  priced: number;
  pricedVolume: number;
  notional: number;
  volume: number;
  count: number;
}

/** The symbols with a window of one interval that ends at one moment. */
export interface WindowGroup {
  readonly endMicros: number;
  readonly interval: Interval;
  readonly symbols: SymbolState[];
}

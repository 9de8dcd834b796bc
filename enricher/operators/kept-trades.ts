import type { Interval } from "../../domain/settings.ts";
import type { KeptTrade, PartitionState, SymbolState } from "./state.ts";
import { addTrade, holdsTrade } from "./window-trades.ts";

/** How many trades of one symbol are kept one by one (W7); beyond it the oldest are let go, some at a time. */
export const keptTradesMax = 10_000;
const letGoAtOnce = 1000;

/** Keeps a trade that a window holds. */
export function keepTrade(state: PartitionState, symbol: SymbolState, trade: KeptTrade): void {
  symbol.trades.push(trade);
  if (symbol.trades.length > keptTradesMax) settleTrades(state, symbol, letGoAtOnce);
}

/**
 * Lets go of a symbol's oldest trades while windows hold them: they stay in the sums of these, no correction finds them any more, and they are counted.
 */
export function settleTrades(state: PartitionState, symbol: SymbolState, count: number): void {
  const { intervals } = state.settings;
  const settled = symbol.trades.splice(0, count);
  for (const window of symbol.windows) {
    for (const trade of settled) {
      if (holdsTrade(intervals, window, trade)) window.settledTrades = addTrade(window.settledTrades, trade);
    }
  }
  state.tradesLetGo += settled.length;
}

/** Drops the trades at the list's front that no window holds any more. */
export function dropPastTrades(intervals: readonly Interval[], { trades, windows }: SymbolState): void {
  const isHeld = (trade: KeptTrade) => windows.some((window) => holdsTrade(intervals, window, trade));
  const first = trades.findIndex(isHeld);
  trades.splice(0, first === -1 ? trades.length : first);
}

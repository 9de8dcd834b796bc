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
 * To be called before a symbol's trades are used: where settings have changed the windows' lengths since, the trades so far are settled, for the windows
 * of the new lengths do not hold them, nor those of the old ones what comes. Only now, so that a symbol's state never changes but by records of its own.
 */
export function useTradeLengths(state: PartitionState, symbol: SymbolState): void {
  const { intervals } = state.settings;
  const { tradeLengths } = symbol;
  const isSame =
    intervals.length === tradeLengths.length && intervals.every(({ micros }, at) => micros === tradeLengths[at]);
  if (isSame) return;
  settleTrades(state, symbol, symbol.trades.length);
  symbol.tradeLengths = intervals.map(({ micros }) => micros);
}

/** Drops the trades at the list's front that no window holds any more. */
export function dropPastTrades({ trades, tradeLengths, windows }: SymbolState): void {
  const isHeld = (trade: KeptTrade) => windows.some((window) => holdsTrade(tradeLengths, window, trade));
  const first = trades.findIndex(isHeld);
  trades.splice(0, first === -1 ? trades.length : first);
}

/** Lets go of the oldest trades while windows hold them: they stay in the sums of these, no correction finds them any more, and they are counted. */
function settleTrades(state: PartitionState, symbol: SymbolState, count: number): void {
  const settled = symbol.trades.splice(0, count);
  for (const window of symbol.windows) {
    for (const trade of settled) {
      if (holdsTrade(symbol.tradeLengths, window, trade)) window.settledTrades = addTrade(window.settledTrades, trade);
    }
  }
  state.tradesLetGo += settled.length;
}

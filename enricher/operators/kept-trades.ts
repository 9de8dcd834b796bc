import type { KeptTrade, PartitionState, SymbolState } from "./state.ts";
import { addTrade, holdsTrade } from "./window-trades.ts";

/** How many trades of one symbol are kept one by one (W7); beyond it the oldest are let go, some at a time. */
export const keptTradesMax = 10_000;
const letGoAtOnce = 1000;

/** Keeps a trade that a window holds. What is let go stays in the sums of its windows, and is counted. */
export function keepTrade(state: PartitionState, symbol: SymbolState, trade: KeptTrade): void {
  symbol.trades.push(trade);
  if (symbol.trades.length <= keptTradesMax) return;
  for (const [at, old] of symbol.trades.splice(0, letGoAtOnce).entries()) {
    const number = symbol.tradesBefore + at;
    for (const window of symbol.windows) {
      if (holdsTrade(window, old, number)) window.settledTrades = addTrade(window.settledTrades, old);
    }
  }
  symbol.tradesBefore += letGoAtOnce;
  state.tradesLetGo += letGoAtOnce;
}

/** Drops the trades at the list's front that no window holds any more. */
export function letGoOfTrades(symbol: SymbolState): void {
  const { trades, windows } = symbol;
  let at = 0;
  for (let trade = trades[0]; trade !== undefined; trade = trades[++at]) {
    const number = symbol.tradesBefore + at;
    if (windows.some((window) => holdsTrade(window, trade, number))) break;
  }
  trades.splice(0, at);
  symbol.tradesBefore += at;
}

import type { Trade } from "../../domain/messages/raw-record.ts";
import { countsFor } from "../../domain/messages/sale-conditions.ts";
import { keepTrade, useTradeLengths } from "./kept-trades.ts";
import type { KeptTrade, PartitionState, SymbolState } from "./state.ts";
import { inOrderOfEnd } from "./window-groups.ts";
import type { TumblingWindow } from "./window-state.ts";
import { addTrade } from "./window-trades.ts";
import { hasClosed, windowFor } from "./windows.ts";

/**
 * Folds a trade into every window that holds its time and is not past the grace (W4, W5), and keeps it for its corrections, whether it counts or not.
 * One without a price counts for nothing.
 * @returns the closed windows that it changed, in the order of their revised candles
 */
export function foldTrade(state: PartitionState, symbol: SymbolState, trade: Trade): readonly TumblingWindow[] {
  useTradeLengths(state, symbol);
  const kept: KeptTrade = {
    id: trade.id,
    exchange: trade.exchange,
    micros: trade.micros,
    nanos: trade.nanos,
    price: trade.price,
    size: trade.size,
    countsFor: trade.price === 0 ? "nothing" : countsFor(trade.conditions, trade.tape),
  };
  const revised: TumblingWindow[] = [];
  let isHeld = false;
  for (const interval of state.settings.intervals) {
    const window = windowFor(state, symbol, interval, trade.micros);
    if (window === null) continue;
    isHeld = true;
    window.trades = addTrade(window.trades, kept);
    if (kept.countsFor !== "nothing" && hasClosed(state, window)) revised.push(window);
  }
  if (isHeld) keepTrade(state, symbol, kept);
  return inOrderOfEnd(revised);
}

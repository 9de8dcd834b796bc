import type { PriceMicros } from "../../domain/price/price.ts";
import type { KeptTrade, SymbolState } from "./state.ts";
import type { TumblingWindow, WindowTrades } from "./window-state.ts";

/** Adds a trade that counts to what a window knows of its trades (W5); called in log order. */
export function addTrade(into: WindowTrades | null, trade: KeptTrade): WindowTrades | null {
  if (trade.countsFor === "nothing") return into;
  const sum = into ?? noTrades();
  sum.volume += trade.size;
  sum.count++;
  if (trade.countsFor === "all") addPrice(sum, trade);
  return sum;
}

/** Whether the trade is in the window: at its time, where the window is of a length that the symbol's trades count in. */
export function holdsTrade(lengths: readonly number[], window: TumblingWindow, trade: KeptTrade): boolean {
  return (
    trade.micros >= window.startMicros && trade.micros < window.endMicros && lengths.includes(window.interval.micros)
  );
}

/** What the window knows of its trades, worked out again from those that are settled and those that are kept, in log order. */
export function sumTrades(symbol: SymbolState, window: TumblingWindow): WindowTrades | null {
  let sum = window.settledTrades === null ? null : { ...window.settledTrades };
  for (const trade of symbol.trades) {
    if (holdsTrade(symbol.tradeLengths, window, trade)) sum = addTrade(sum, trade);
  }
  return sum;
}

/** First and last by event time; of equal times the first and the last on the log (W1). */
function addPrice(sum: WindowTrades, { micros, nanos, price, size }: KeptTrade): void {
  const isFirst = sum.priced === 0;
  if (isFirst || micros < sum.openMicros || (micros === sum.openMicros && nanos < sum.openNanos)) {
    sum.open = price;
    sum.openMicros = micros;
    sum.openNanos = nanos;
  }
  if (isFirst || micros > sum.closeMicros || (micros === sum.closeMicros && nanos >= sum.closeNanos)) {
    sum.close = price;
    sum.closeMicros = micros;
    sum.closeNanos = nanos;
  }
  if (isFirst || price > sum.high) sum.high = price;
  if (isFirst || price < sum.low) sum.low = price;
  sum.priced++;
  sum.pricedVolume += size;
  sum.notional += price * size;
}

function noTrades(): WindowTrades {
  const zero = 0 as PriceMicros;
  return {
    open: zero,
    high: zero,
    low: zero,
    close: zero,
    openMicros: 0,
    openNanos: 0,
    closeMicros: 0,
    closeNanos: 0,
    priced: 0,
    pricedVolume: 0,
    notional: 0,
    volume: 0,
    count: 0,
  };
}

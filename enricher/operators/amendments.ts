import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { Cancel, Correction } from "../../domain/messages/raw-record.ts";
import { countsFor } from "../../domain/messages/sale-conditions.ts";
import { tradeSummaryText } from "../../domain/records/trade-summary.ts";
import { useTradeLengths } from "./kept-trades.ts";
import { sessionOf } from "./reference.ts";
import type { KeptTrade, PartitionState, SymbolState } from "./state.ts";
import { inOrderOfEnd } from "./window-groups.ts";
import type { TumblingWindow } from "./window-state.ts";
import { holdsTrade, sumTrades } from "./window-trades.ts";
import { hasClosed } from "./windows.ts";

/** W7: the trade takes its corrected price, size and conditions where it stands, at its own time; a further correction finds it by its new id. */
export function foldCorrection(
  calendar: TradingCalendar,
  state: PartitionState,
  symbol: SymbolState,
  correction: Correction,
): readonly TumblingWindow[] | null {
  return amend(calendar, state, symbol, correction, correction.originalId, (trade) => {
    const { correctedId, correctedPrice, correctedSize, conditions, tape } = correction;
    trade.id = correctedId;
    trade.price = correctedPrice;
    trade.size = correctedSize;
    trade.countsFor = correctedPrice === 0 ? "nothing" : countsFor(conditions, tape);
  });
}

/** W7: the trade counts for nothing any more, and is not found again. */
export function foldCancel(
  calendar: TradingCalendar,
  state: PartitionState,
  symbol: SymbolState,
  cancel: Cancel,
): readonly TumblingWindow[] | null {
  return amend(calendar, state, symbol, cancel, cancel.id, (trade) => {
    trade.id = "";
    trade.countsFor = "nothing";
  });
}

/**
 * Changes a kept trade, and the windows that hold it.
 * @returns the closed windows that say something else now, in the order of their revised candles; null where no trade matches that a window still holds
 */
function amend(
  calendar: TradingCalendar,
  state: PartitionState,
  symbol: SymbolState,
  amendment: Correction | Cancel,
  id: string,
  change: (trade: KeptTrade) => void,
): readonly TumblingWindow[] | null {
  const sessionDate = sessionOf(calendar, amendment.micros)?.date;
  useTradeLengths(state, symbol);
  const holding = (kept: KeptTrade) => symbol.windows.filter((window) => holdsTrade(symbol.tradeLengths, window, kept));
  const trade = symbol.trades.findLast(
    (kept) =>
      kept.id === id &&
      kept.exchange === amendment.exchange &&
      sessionOf(calendar, kept.micros)?.date === sessionDate &&
      holding(kept).length > 0,
  );
  if (trade === undefined) return null;
  const windows = holding(trade);
  change(trade);
  const changed = windows.filter((window) => {
    const before = textOf(window);
    window.trades = sumTrades(symbol, window);
    return textOf(window) !== before;
  });
  return inOrderOfEnd(changed.filter((window) => hasClosed(state, window)));
}

/** What the window's candle says of its trades. */
function textOf({ trades }: TumblingWindow): string {
  return trades === null || trades.count === 0 ? "" : tradeSummaryText(trades);
}

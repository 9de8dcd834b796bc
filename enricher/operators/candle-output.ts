import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import { candleJson } from "../../domain/records/candle.ts";
import { isIncomplete } from "./gaps.ts";
import { changeAgainst } from "./indicator.ts";
import type { OutputSink } from "./output.ts";
import { previousCloseOf, sessionOf } from "./reference.ts";
import type { PartitionState, SymbolState } from "./state.ts";
import type { TumblingWindow } from "./window-state.ts";

/**
 * Publishes a window's candle under its next revision. Its previous close is that of the session of its start, in force when it is published (W5). A window
 * with neither a usable quote nor a trade that counts gives none (W3), unless one was published that has to be taken back.
 */
export function publishCandle(
  calendar: TradingCalendar,
  state: PartitionState,
  symbol: SymbolState,
  window: TumblingWindow,
  outputs: OutputSink,
): void {
  const hasTrades = window.trades !== null && window.trades.count > 0;
  if (window.count === 0 && !hasTrades && window.nextRevision === 0) return;
  const previousClose = previousCloseOf(calendar, symbol, sessionOf(calendar, window.startMicros));
  const change = window.count === 0 ? null : changeAgainst(state.settings, symbol.symbol, previousClose, window.close);
  const revision = window.nextRevision++;
  const incomplete = isIncomplete(state, symbol, window);
  const value = candleJson({ symbol: symbol.symbol, window, revision, previousClose, change, incomplete });
  outputs.push({ stream: "candles", key: symbol.symbol, value });
}

import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { Trade } from "../../domain/messages/raw-record.ts";
import { enrichedTradeJson } from "../../domain/records/enriched-trade.ts";
import { publishCandle } from "./candle-output.ts";
import { isHalted } from "./halts.ts";
import { changeAgainst } from "./indicator.ts";
import type { OutputSink } from "./output.ts";
import { noFlags, qualityOf } from "./quality.ts";
import { previousCloseOf, sessionOf } from "./reference.ts";
import { type PartitionState, symbolState } from "./state.ts";
import { foldTrade } from "./trades.ts";
import { isLate } from "./windows.ts";

/** A trade, once time has passed: the enriched trade, whether it counts or not, and the candles that it revises (W4), in the order of D6. */
export function stepTrade(calendar: TradingCalendar, state: PartitionState, trade: Trade, outputs: OutputSink): void {
  const symbol = symbolState(state, trade.symbol);
  const previousClose = previousCloseOf(calendar, symbol, sessionOf(calendar, trade.micros));
  const late = isLate(state, trade.micros);
  const quality = qualityOf(noFlags, previousClose === null, late, isHalted(symbol, trade));
  // A price of zero is none (P3).
  const change = trade.price === 0 ? null : changeAgainst(state.settings, trade.symbol, previousClose, 2 * trade.price);
  const revised = foldTrade(state, symbol, trade);
  const value = enrichedTradeJson({ trade, previousClose, change, quality });
  const indicator = change === null ? null : change.indicator;
  outputs.push({ stream: "enriched", type: "trade", key: trade.symbol, value, indicator });
  for (const window of revised) publishCandle(calendar, state, symbol, window, outputs);
}

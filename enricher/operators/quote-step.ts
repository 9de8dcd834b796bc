import type { Session, TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { Quote } from "../../domain/messages/raw-record.ts";
import { midOf } from "../../domain/price/price.ts";
import { enrichedQuoteJson } from "../../domain/records/enriched-quote.ts";
import type { Change, Indicator } from "../../domain/records/indicator.ts";
import { indicatorFlipJson } from "../../domain/records/indicator-flip.ts";
import { publishCandle } from "./candle-output.ts";
import { noteIndicator } from "./flips.ts";
import { isHalted } from "./halts.ts";
import { changeAgainst } from "./indicator.ts";
import { noteObserved } from "./observed-close.ts";
import type { OutputSink } from "./output.ts";
import { qualityOf, unusableBecause } from "./quality.ts";
import { foldQuote } from "./quotes.ts";
import { previousCloseOf, sessionOf } from "./reference.ts";
import { type PartitionState, type SymbolState, symbolState } from "./state.ts";
import { symbolDay } from "./symbol-day.ts";
import type { TumblingWindow } from "./window-state.ts";
import { isLate, runningWindows } from "./windows.ts";

/** A quote, once time has passed: the enriched quote, the candles that it revises (W4), and the flip of its indicator (I3), in the order of D6. */
export function stepQuote(calendar: TradingCalendar, state: PartitionState, quote: Quote, outputs: OutputSink): void {
  const symbol = symbolState(state, quote.symbol);
  const session = sessionOf(calendar, quote.micros);
  const previousClose = previousCloseOf(calendar, symbol, session);
  const faults = unusableBecause(quote, state.settings.maxSpreadMillionths);
  const late = isLate(state, quote.micros);
  const quality = qualityOf(faults, previousClose === null, late, isHalted(symbol, quote));
  let change: Change | null = null;
  let revised: readonly TumblingWindow[] | null = null;
  let flippedFrom: Indicator | null = null;
  const usable = faults.length === 0;
  if (usable) {
    change = changeAgainst(state.settings, quote.symbol, previousClose, quote.bid + quote.ask);
    revised = foldQuote(state, symbol, quote);
    flippedFrom = noteInSession(symbol, session, quote, change, late);
  }
  const windows = runningWindows(state, symbol, quote.micros);
  const value = enrichedQuoteJson({ quote, usable, previousClose, change, quality, windows });
  const indicator = change === null ? null : change.indicator;
  outputs.push({ stream: "enriched", type: "quote", key: quote.symbol, value, indicator });
  if (revised !== null) for (const window of revised) publishCandle(calendar, state, symbol, window, outputs);
  if (flippedFrom === null || previousClose === null || change === null) return;
  const flip = { symbol: quote.symbol, eventTime: quote, from: flippedFrom, midPrice: midOf(quote.bid, quote.ask) };
  outputs.push({
    stream: "alerts",
    key: quote.symbol,
    value: indicatorFlipJson({ ...flip, previousClose, change }),
  });
}

/** What a usable quote shows of its session: the close so far, late or not (C5), and the indicator; returns the one that it flips. */
function noteInSession(
  symbol: SymbolState,
  session: Session | null,
  quote: Quote,
  change: Change | null,
  late: boolean,
): Indicator | null {
  const day = session === null ? null : symbolDay(symbol, session);
  if (session === null || day === null) return null;
  noteObserved(day, session, quote);
  return late ? null : noteIndicator(day, quote, change === null ? null : change.indicator);
}

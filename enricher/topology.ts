import type { Session, TradingCalendar } from "../domain/calendar/calendar.ts";
import { PipelineError } from "../domain/errors.ts";
import type { Quote, RawRecord } from "../domain/messages/raw-record.ts";
import type { RejectReason } from "../domain/messages/reject-reason.ts";
import { candleJson } from "../domain/records/candle.ts";
import { enrichedQuoteJson } from "../domain/records/enriched-quote.ts";
import type { Indicator } from "../domain/records/indicator.ts";
import type { QualityFlag } from "../domain/records/quality.ts";
import { defaultSettings, type MarketSettings, settingsOf } from "../domain/settings.ts";
import { advanceClock, isFromTheFuture, noteHeartbeat } from "./operators/clock.ts";
import { type Change, changeOf } from "./operators/indicator.ts";
import { unusableBecause } from "./operators/quality.ts";
import { noteReference, previousCloseOf, sessionOf } from "./operators/reference.ts";
import {
  emptyState,
  type KnownClose,
  type OpenWindow,
  type PartitionState,
  type SymbolState,
  symbolState,
} from "./operators/state.ts";
import { closeDueWindows, foldQuote, isLate, windowsAt } from "./operators/windows.ts";

/** One record to publish; its place in the list is its `source-index` (D6). */
export type Output =
  | {
      readonly stream: "enriched";
      readonly key: string;
      readonly value: string;
      /** The value's indicator, for whoever counts. */
      readonly indicator: Indicator | null;
    }
  | { readonly stream: "candles" | "alerts"; readonly key: string; readonly value: string }
  | { readonly stream: "deadLetter"; readonly reason: RejectReason };

/** The pure fold of one partition of the raw log: the same records always give the same outputs. */
export interface Topology {
  /** The state before the first record: the default settings hold. */
  initial(): PartitionState;
  /**
   * Folds one record: first the watermark moves, then windows close, then the record is folded (W2). The state is taken over and changed; the record never is.
   * Outputs stand in the order of D6. A dead-lettered record changes nothing (D3, W8).
   * @throws PipelineError `unknownCalendar` for settings that name a calendar which this version does not have
   */
  fold(state: PartitionState, record: RawRecord | RejectReason): Output[];
}

/** The topology over one exchange's calendar. */
export function createTopology(calendar: TradingCalendar): Topology {
  return {
    initial: () => emptyState(settingsOf(defaultSettings(calendar.version))),
    fold(state, record) {
      const outputs: Output[] = [];
      if (typeof record === "string") outputs.push({ stream: "deadLetter", reason: record });
      else foldRecord(calendar, state, record, outputs);
      return outputs;
    },
  };
}

function foldRecord(calendar: TradingCalendar, state: PartitionState, record: RawRecord, outputs: Output[]): void {
  switch (record.kind) {
    case "settings":
      state.settings = checkedSettings(calendar, record.settings);
      return;
    case "reference":
      noteReference(symbolState(state, record.symbol), record);
      return;
    case "heartbeat":
      noteHeartbeat(state.clock, record);
      passTime(calendar, state, record.micros, outputs);
      return;
    case "quote":
    case "other":
      if (isFromTheFuture(state.clock, record, state.settings.maxAheadMs)) {
        outputs.push({ stream: "deadLetter", reason: "futureTime" });
        return;
      }
      passTime(calendar, state, record.micros, outputs);
      if (record.kind === "quote") outputs.push(enrich(calendar, state, record));
      return;
    case "split":
    case "gap":
      // Observed closes (C5) and gaps (W9) are not folded yet.
      return;
    default:
      record satisfies never;
  }
}

function checkedSettings(calendar: TradingCalendar, settings: MarketSettings): MarketSettings {
  if (settings.calendar === calendar.version) return settings;
  throw new PipelineError(
    "unknownCalendar",
    `The raw log asks for trading calendar ${settings.calendar}, and this version has ${calendar.version}.`,
    { remedy: "Run producer and enricher from the same version of Bellwether." },
  );
}

/** W2: moves the watermark, then closes what it has reached. */
function passTime(calendar: TradingCalendar, state: PartitionState, micros: number, outputs: Output[]): void {
  advanceClock(state.clock, micros, state.settings.maxOutOfOrderMs);
  closeDueWindows(state, (symbol, window) => outputs.push(candle(calendar, state, symbol, window)));
}

/** W5: a candle's previous close is that of the session of its start, in force when it is published. */
function candle(calendar: TradingCalendar, state: PartitionState, symbol: SymbolState, window: OpenWindow): Output {
  const previousClose = previousCloseOf(symbol, sessionOf(calendar, window.startMicros));
  const change = changeFrom(state.settings, symbol, previousClose, window.close);
  const value = candleJson({ symbol: symbol.symbol, window, revision: 0, previousClose, change });
  return { stream: "candles", key: symbol.symbol, value };
}

function enrich(calendar: TradingCalendar, state: PartitionState, quote: Quote): Output {
  const symbol = symbolState(state, quote.symbol);
  const session: Session | null = sessionOf(calendar, quote.micros);
  const previousClose = previousCloseOf(symbol, session);
  const faults = unusableBecause(quote, state.settings.maxSpreadMillionths);
  const usable = faults.length === 0;
  const late = isLate(state, quote.micros);
  if (usable && !late) foldQuote(state, symbol, quote);
  const change = usable ? changeFrom(state.settings, symbol, previousClose, quote.bid + quote.ask) : null;
  const quality = previousClose !== null && !late ? faults : withFlags(faults, previousClose === null, late);
  const windows = windowsAt(state, symbol, quote.micros);
  const value = enrichedQuoteJson({ quote, usable, previousClose, change, quality, windows });
  return { stream: "enriched", key: quote.symbol, value, indicator: change?.indicator ?? null };
}

function withFlags(faults: readonly QualityFlag[], noPreviousClose: boolean, late: boolean): readonly QualityFlag[] {
  const flags: QualityFlag[] = [...faults];
  if (noPreviousClose) flags.push("noPreviousClose");
  if (late) flags.push("late");
  return flags;
}

function changeFrom(
  settings: MarketSettings,
  symbol: SymbolState,
  close: KnownClose | null,
  mid: number,
): Change | null {
  if (close === null) return null;
  const threshold = settings.thresholdMillionthsBySymbol.get(symbol.symbol) ?? settings.thresholdMillionths;
  return changeOf(mid, close.price, threshold);
}

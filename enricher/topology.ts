import type { TradingCalendar } from "../domain/calendar/calendar.ts";
import { PipelineError } from "../domain/errors.ts";
import type { MarketMessage, RawRecord } from "../domain/messages/raw-record.ts";
import type { RejectReason } from "../domain/messages/reject-reason.ts";
import { defaultSettings, type MarketSettings, settingsOf } from "../domain/settings.ts";
import { stepAmendment } from "./operators/amendment-step.ts";
import { stepBar } from "./operators/bar-step.ts";
import { publishCandle } from "./operators/candle-output.ts";
import { advanceClock, isFromTheFuture, noteHeartbeat } from "./operators/clock.ts";
import { stepGap } from "./operators/gap-step.ts";
import { noteStatus } from "./operators/halts.ts";
import { noteSplit } from "./operators/observed-close.ts";
import type { Output, OutputSink } from "./operators/output.ts";
import { stepQuote } from "./operators/quote-step.ts";
import { noteReference } from "./operators/reference.ts";
import { emptyState, type PartitionState, symbolState } from "./operators/state.ts";
import { stepTrade } from "./operators/trade-step.ts";
import { areWindowsDue, closeDueWindows } from "./operators/windows.ts";

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
  /** The same, handing each output over as soon as it is there. */
  foldTo(state: PartitionState, record: RawRecord | RejectReason, outputs: OutputSink): void;
}

/** The topology over one exchange's calendar. */
export function createTopology(calendar: TradingCalendar): Topology {
  const foldTo: Topology["foldTo"] = (state, record, outputs) => {
    if (typeof record === "string") outputs.push({ stream: "deadLetter", reason: record });
    else foldRecord(calendar, state, record, outputs);
  };
  return {
    initial: () => emptyState(settingsOf(defaultSettings(calendar.version))),
    fold(state, record) {
      const given: Output[] = [];
      foldTo(state, record, given);
      return given;
    },
    foldTo,
  };
}

function foldRecord(calendar: TradingCalendar, state: PartitionState, record: RawRecord, outputs: OutputSink): void {
  switch (record.kind) {
    case "settings":
      state.settings = checkedSettings(calendar, record.settings);
      return;
    case "reference":
      noteReference(symbolState(state, record.symbol), record);
      return;
    case "split":
      noteSplit(symbolState(state, record.symbol), record);
      return;
    case "gap":
      stepGap(calendar, state, record, outputs);
      return;
    case "heartbeat":
      noteHeartbeat(state.clock, record);
      passTime(calendar, state, record.micros, outputs);
      return;
    default:
      foldMessage(calendar, state, record, outputs);
  }
}

function foldMessage(
  calendar: TradingCalendar,
  state: PartitionState,
  message: MarketMessage,
  outputs: OutputSink,
): void {
  if (isFromTheFuture(state.clock, message, state.settings.maxAheadMs)) {
    outputs.push({ stream: "deadLetter", reason: "futureTime" });
    return;
  }
  passTime(calendar, state, message.micros, outputs);
  switch (message.kind) {
    case "quote":
      stepQuote(calendar, state, message, outputs);
      return;
    case "trade":
      stepTrade(calendar, state, message, outputs);
      return;
    case "correction":
    case "cancel":
      stepAmendment(calendar, state, message, outputs);
      return;
    case "bar":
      stepBar(calendar, state, message, outputs);
      return;
    case "status":
      noteStatus(symbolState(state, message.symbol), message);
      return;
    case "other":
      return;
    default:
      message satisfies never;
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
function passTime(calendar: TradingCalendar, state: PartitionState, micros: number, outputs: OutputSink): void {
  advanceClock(state.clock, micros, state.settings);
  if (areWindowsDue(state)) closeWindows(calendar, state, outputs);
}

function closeWindows(calendar: TradingCalendar, state: PartitionState, outputs: OutputSink): void {
  closeDueWindows(state, (symbol, window) => publishCandle(calendar, state, symbol, window, outputs));
}

import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { Cancel, Correction } from "../../domain/messages/raw-record.ts";
import { cancelJson } from "../../domain/records/cancel.ts";
import { correctionJson } from "../../domain/records/correction.ts";
import type { QualityFlag } from "../../domain/records/quality.ts";
import { foldCancel, foldCorrection } from "./amendments.ts";
import { publishCandle } from "./candle-output.ts";
import type { OutputSink } from "./output.ts";
import { noFlags } from "./quality.ts";
import { type PartitionState, symbolState } from "./state.ts";

/** A correction or cancel, once time has passed: its own record, and the candles that it revises, in the order of D6 (W7). */
export function stepAmendment(
  calendar: TradingCalendar,
  state: PartitionState,
  amendment: Correction | Cancel,
  outputs: OutputSink,
): void {
  const symbol = symbolState(state, amendment.symbol);
  const revised =
    amendment.kind === "correction"
      ? foldCorrection(calendar, state, symbol, amendment)
      : foldCancel(calendar, state, symbol, amendment);
  const quality = revised === null ? unmatched : noFlags;
  const value = amendment.kind === "correction" ? correctionJson(amendment, quality) : cancelJson(amendment, quality);
  outputs.push({ stream: "enriched", type: amendment.kind, key: amendment.symbol, value, indicator: null });
  for (const window of revised ?? []) publishCandle(calendar, state, symbol, window, outputs);
}

const unmatched: readonly QualityFlag[] = Object.freeze(["unmatched"] as const);

import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { Bar } from "../../domain/messages/raw-record.ts";
import { enrichedBarJson } from "../../domain/records/enriched-bar.ts";
import { changeAgainst } from "./indicator.ts";
import type { OutputSink } from "./output.ts";
import { noFlags, qualityOf } from "./quality.ts";
import { previousCloseOf, sessionOf } from "./reference.ts";
import { type PartitionState, symbolState } from "./state.ts";

/** A vendor's bar, once time has passed: published with the indicator of its close, by the session of its start. It is never late (W4), and changes no window. */
export function stepBar(calendar: TradingCalendar, state: PartitionState, bar: Bar, outputs: OutputSink): void {
  const symbol = symbolState(state, bar.symbol);
  const previousClose = previousCloseOf(calendar, symbol, sessionOf(calendar, bar.micros));
  const quality = qualityOf(noFlags, previousClose === null, false, false);
  // A price of zero is none (P3).
  const change = bar.close === 0 ? null : changeAgainst(state.settings, bar.symbol, previousClose, 2 * bar.close);
  const value = enrichedBarJson({ bar, previousClose, change, quality });
  const indicator = change === null ? null : change.indicator;
  outputs.push({ stream: "enriched", type: "bar", key: bar.symbol, value, indicator });
}

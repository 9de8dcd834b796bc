import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import { PipelineError } from "../../domain/errors.ts";
import type { Interval, MarketSettings } from "../../domain/settings.ts";
import { settleTrades } from "./kept-trades.ts";
import type { PartitionState } from "./state.ts";

/**
 * Takes the settings for the records after it. Windows of a length that is left out run to their end with what they have; since each trade counts only in
 * the windows of its own time's lengths, a change of these settles the trades so far.
 * @throws PipelineError `unknownCalendar` for a calendar which this version does not have
 */
export function changeSettings(calendar: TradingCalendar, state: PartitionState, settings: MarketSettings): void {
  if (settings.calendar !== calendar.version) {
    throw new PipelineError(
      "unknownCalendar",
      `The raw log asks for trading calendar ${settings.calendar}, and this version has ${calendar.version}.`,
      { remedy: "Run producer and enricher from the same version of Bellwether." },
    );
  }
  if (lengthsOf(settings.intervals) !== lengthsOf(state.settings.intervals)) {
    for (const symbol of state.symbols.values()) settleTrades(state, symbol, symbol.trades.length);
  }
  state.settings = settings;
}

function lengthsOf(intervals: readonly Interval[]): string {
  return intervals.map(({ micros }) => micros).join();
}

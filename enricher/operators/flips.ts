import type { Indicator } from "../../domain/records/indicator.ts";
import type { EventTime } from "../../domain/time/event-time.ts";
import type { SymbolDay } from "./state.ts";

/**
 * I3: takes the indicator of a usable quote that is not late, and returns the one that it flips, if it does. A quote older than the session's newest
 * is out of order and passed over; from null to a value, or back, is no flip.
 */
export function noteIndicator(day: SymbolDay, time: EventTime, indicator: Indicator | null): Indicator | null {
  const { micros, nanos } = time;
  if (micros < day.newestMicros || (micros === day.newestMicros && nanos < day.newestNanos)) return null;
  const before = day.indicator;
  day.newestMicros = micros;
  day.newestNanos = nanos;
  day.indicator = indicator;
  return before !== null && indicator !== null && before !== indicator ? before : null;
}

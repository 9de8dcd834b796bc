import type { Session } from "../../domain/calendar/calendar.ts";
import { never, type SymbolDay, type SymbolState } from "./state.ts";

/** The session before is what an observed close is taken from; one more, for quotes that cross a session's end out of order. */
const keptMax = 3;

/** What is remembered of a session, made where it is new; null for one that is older than all that are kept. */
export function symbolDay(symbol: SymbolState, session: Session): SymbolDay | null {
  const { days } = symbol;
  for (let at = days.length - 1; at >= 0; at--) {
    const known = days[at];
    if (known !== undefined && known.date === session.date) return known;
  }
  const oldest = days[0];
  if (days.length >= keptMax && oldest !== undefined && session.date < oldest.date) return null;
  const day: SymbolDay = {
    date: session.date,
    closeMid: 0,
    closeMicros: never,
    closeNanos: 0,
    newestMicros: never,
    newestNanos: 0,
    indicator: null,
  };
  days.push(day);
  days.sort((a, b) => (a.date < b.date ? -1 : 1));
  if (days.length > keptMax) days.shift();
  return day;
}

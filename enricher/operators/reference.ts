import type { Session, TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { Reference } from "../../domain/messages/raw-record.ts";
import type { MidHalfMicros } from "../../domain/price/price.ts";
import { observedClose } from "./observed-close.ts";
import type { KnownClose, SymbolState } from "./state.ts";

/** References of the previous, the current and the next session are kept (C4). */
const keptMax = 3;

/** Takes a reference record: the last on the log wins for the records after it (C4). */
export function noteReference(symbol: SymbolState, reference: Reference): void {
  const known: KnownClose = {
    sessionDate: reference.sessionDate,
    price: (2 * reference.previousClose) as MidHalfMicros,
    date: reference.previousCloseDate,
    source: "official",
  };
  symbol.references = [...symbol.references.filter((other) => other.sessionDate !== known.sessionDate), known]
    .sort((a, b) => (a.sessionDate < b.sessionDate ? -1 : 1))
    .slice(-keptMax);
}

/** The previous close in force for a session: the official one (C2), else the observed one (C5); null where neither is known, or there is no session (I2). */
export function previousCloseOf(
  calendar: TradingCalendar,
  symbol: SymbolState,
  session: Session | null,
): KnownClose | null {
  if (session === null) return null;
  for (let at = symbol.references.length - 1; at >= 0; at--) {
    const known = symbol.references[at];
    if (known !== undefined && known.sessionDate === session.date) return known;
  }
  return observedClose(calendar, symbol, session);
}

/** The session that a moment belongs to (C1). */
export function sessionOf(calendar: TradingCalendar, micros: number): Session | null {
  return calendar.sessionAt(Math.floor(micros / 1_000_000));
}

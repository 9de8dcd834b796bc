import type { Session, TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { Quote, Split } from "../../domain/messages/raw-record.ts";
import { type MidHalfMicros, priceMicrosMax } from "../../domain/price/price.ts";
import { divide, multiply, rationalOf, roundToInteger } from "../../domain/references/rational.ts";
import type { KnownClose, KnownSplit, SymbolDay, SymbolState } from "./state.ts";

/** A symbol splits once in years; a few are kept for whoever replays a long log. */
const splitsMax = 8;

/** C5: a usable quote of the regular hours may be the session's last so far, by event time; of equal times the later on the log is (W1). */
export function noteObserved(day: SymbolDay, session: Session, quote: Quote): void {
  const { micros, nanos } = quote;
  if (micros < session.openSeconds * 1_000_000 || micros >= session.closeSeconds * 1_000_000) return;
  if (micros < day.closeMicros || (micros === day.closeMicros && nanos < day.closeNanos)) return;
  day.closeMid = quote.bid + quote.ask;
  day.closeMicros = micros;
  day.closeNanos = nanos;
}

/** Takes a split record: the last on the log wins for its ex-date. */
export function noteSplit(symbol: SymbolState, { exDate, oldRate, newRate }: Split): void {
  symbol.splits = [...symbol.splits.filter((other) => other.exDate !== exDate), { exDate, oldRate, newRate }]
    .sort((a, b) => (a.exDate < b.exDate ? -1 : 1))
    .slice(-splitsMax);
}

/** The last mid of exactly the session before, adjusted for the splits in between (C5); null where none was seen. */
export function observedClose(calendar: TradingCalendar, symbol: SymbolState, session: Session): KnownClose | null {
  const { days } = symbol;
  if (days.length === 0) return null;
  const before = calendar.before(session);
  if (before === null) return null;
  for (let at = days.length - 1; at >= 0; at--) {
    const day = days[at];
    if (day === undefined || day.date !== before.date || day.closeMid === 0) continue;
    const splits = symbol.splits.filter(({ exDate }) => exDate > before.date && exDate <= session.date);
    const price = splits.length === 0 ? (day.closeMid as MidHalfMicros) : adjusted(day.closeMid, splits);
    // A close that splits make nothing, or above what a price may be (P3), is no price to compare with.
    return price === 0 || price > 2 * priceMicrosMax
      ? null
      : { sessionDate: session.date, price, date: before.date, source: "observed" };
  }
  return null;
}

/** A mid over the splits, exactly, and rounded to a whole millionth: in half millionths again, and even. */
function adjusted(mid: number, splits: readonly KnownSplit[]): MidHalfMicros {
  const halves = divide(rationalOf(mid), rationalOf(2));
  const exact = splits.reduce(
    (price, { oldRate, newRate }) => divide(multiply(price, rationalOf(oldRate)), rationalOf(newRate)),
    halves,
  );
  return (2 * roundToInteger(exact)) as MidHalfMicros;
}

import type { Session, TradingCalendar } from "../../domain/calendar/calendar.ts";
import { uuidOf } from "../alpaca/rest/assets.ts";
import type { CorporateAction } from "../recording/documents.ts";

/** A split of one stock, in force from the session of its ex-date on. */
export interface PlannedSplit {
  readonly symbol: string;
  readonly exDate: string;
  readonly newRate: number;
  readonly oldRate: number;
}

/** One stock splits every so many sessions; the first one in the session after the start. */
const everySessions = 7;
/** How many sessions before its ex-date a split is announced. */
export const announcedSessions = 3;

/** The split of a session, if it has one: always the same for a start. Dear stocks split, cheap ones are consolidated. */
export function splitOf(
  session: Session,
  start: Session,
  listings: readonly { readonly symbol: string; readonly price: number }[],
): PlannedSplit | null {
  const distance = session.index - start.index - 1;
  if (distance % everySessions !== 0) return null;
  const turn = distance / everySessions;
  const listing = listings[(((turn * 7 + 3) % listings.length) + listings.length) % listings.length];
  if (listing === undefined) return null;
  const [newRate, oldRate] = listing.price >= 60 ? [2, 1] : [1, 2];
  return { symbol: listing.symbol, exDate: session.date, newRate, oldRate };
}

/** The splits from one session to another, both included. */
export function splitsBetween(
  calendar: TradingCalendar,
  from: number,
  to: number,
  start: Session,
  listings: readonly { readonly symbol: string; readonly price: number }[],
): PlannedSplit[] {
  return calendar.sessions
    .slice(Math.max(0, from), to + 1)
    .map((session) => splitOf(session, start, listings))
    .filter((split) => split !== null);
}

/** Splits as Alpaca's REST tells them. */
export function corporateActionsOf(splits: readonly PlannedSplit[]): Record<string, CorporateAction[]> {
  const forward: CorporateAction[] = [];
  const reverse: CorporateAction[] = [];
  for (const { symbol, exDate, newRate, oldRate } of splits) {
    const common = { id: uuidOf(`${symbol}|${exDate}`), symbol, new_rate: newRate, old_rate: oldRate };
    const dates = { process_date: exDate, ex_date: exDate };
    if (newRate > oldRate) forward.push({ ...common, cusip: "000000000", ...dates });
    else reverse.push({ ...common, old_cusip: "000000000", new_cusip: "000000001", ...dates });
  }
  return { forward_splits: forward, reverse_splits: reverse };
}

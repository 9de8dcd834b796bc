import { formatDay, parseDay } from "../time/event-time.ts";
import { createCalendar, type Session, type TradingCalendar } from "./calendar.ts";
import { newYorkToEpoch, weekdayOf } from "./new-york.ts";
import { nyseTable } from "./nyse-table.ts";

const openSeconds = 9.5 * 3600;
const closeSeconds = 16 * 3600;
const earlyCloseSeconds = 13 * 3600;
const endSeconds = 20 * 3600;

/** The sessions of the New York Stock Exchange, holidays and half days included (C1). The vendored table says its span. */
export const nyse: TradingCalendar = createCalendar(nyseTable.version, buildSessions());

function buildSessions(): readonly Session[] {
  const holidays = daysOf(nyseTable.holidays);
  const halfDays = daysOf(nyseTable.halfDays);
  const anchor = parseDay(nyseTable.anchor) ?? 0;
  const last = parseDay(nyseTable.lastDay) ?? 0;
  const sessions: Session[] = [];
  let beginSeconds = newYorkToEpoch(anchor, endSeconds);
  for (let day = anchor + 1; day <= last; day++) {
    const weekday = weekdayOf(day);
    if (weekday === 0 || weekday === 6 || holidays.has(day)) continue;
    const session: Session = {
      date: formatDay(day),
      index: sessions.length,
      beginSeconds,
      openSeconds: newYorkToEpoch(day, openSeconds),
      closeSeconds: newYorkToEpoch(day, halfDays.has(day) ? earlyCloseSeconds : closeSeconds),
      endSeconds: newYorkToEpoch(day, endSeconds),
    };
    sessions.push(session);
    beginSeconds = session.endSeconds;
  }
  return sessions;
}

/** `{ 2010: "01-01 01-18" }` as days since the epoch. */
function daysOf(table: Readonly<Record<string, string>>): ReadonlySet<number> {
  const dates = Object.entries(table).flatMap(([year, days]) => days.split(" ").map((day) => `${year}-${day}`));
  return new Set(dates.map((date) => parseDay(date) ?? 0));
}

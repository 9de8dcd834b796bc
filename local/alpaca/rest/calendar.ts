import type { Session, TradingCalendar } from "../../../domain/calendar/calendar.ts";
import { newYorkDate, newYorkToEpoch } from "../../../domain/calendar/new-york.ts";
import { parseDay } from "../../../domain/time/event-time.ts";
import { ok, type RestAnswer, RestRefusal } from "./answer.ts";
import { isWithin, readSpan } from "./query.ts";

/** `/v2/calendar`: the sessions of a span, with their hours in New York. */
export function answerCalendar(query: URLSearchParams, calendar: TradingCalendar): RestAnswer {
  const span = readSpan(query);
  const days = calendar.sessions.filter(({ date }) => isWithin(span, date, Date.parse(`${date}T00:00:00Z`)));
  return ok(days.map((session) => day(session, calendar)));
}

/** `/v2/clock`: whether the market is open now, and when it opens and closes next. */
export function answerClock(calendar: TradingCalendar, nowMs: number): RestAnswer {
  const seconds = nowMs / 1000;
  const nextOpen = calendar.sessions.find((session) => session.openSeconds > seconds);
  const nextClose = calendar.sessions.find((session) => session.closeSeconds > seconds);
  if (nextOpen === undefined || nextClose === undefined) throw new RestRefusal(500, "now is outside the calendar");
  return ok({
    timestamp: newYorkTime(nowMs),
    is_open: nextClose.openSeconds <= seconds,
    next_open: newYorkTime(nextOpen.openSeconds * 1000),
    next_close: newYorkTime(nextClose.closeSeconds * 1000),
  });
}

function day(session: Session, calendar: TradingCalendar): unknown {
  return {
    date: session.date,
    open: newYorkTime(session.openSeconds * 1000).slice(11, 16),
    close: newYorkTime(session.closeSeconds * 1000).slice(11, 16),
    session_open: "0400",
    session_close: "2000",
    settlement_date: calendar.sessions[session.index + 1]?.date ?? session.date,
  };
}

/** RFC 3339 with New York's offset, which is taken at noon of the day: the clock changes on Sundays only. */
function newYorkTime(ms: number): string {
  const date = newYorkDate(Math.floor(ms / 1000));
  const noon = (parseDay(date) ?? 0) * 86_400 + 12 * 3600;
  const offsetSeconds = noon - newYorkToEpoch(parseDay(date) ?? 0, 12 * 3600);
  const local = new Date(ms + offsetSeconds * 1000).toISOString().replace(/(\.000)?Z$/, "");
  return `${local}-0${-offsetSeconds / 3600}:00`;
}

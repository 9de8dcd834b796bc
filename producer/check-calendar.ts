import type { TradingCalendar } from "../domain/calendar/calendar.ts";
import { newYorkDate, newYorkToEpoch } from "../domain/calendar/new-york.ts";
import { PipelineError } from "../domain/errors.ts";
import { parseDay } from "../domain/time/event-time.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import type { Log } from "../runtime/log/log.ts";
import type { AlpacaRest } from "./alpaca-rest.ts";

const daySeconds = 86_400;

/** Compares our calendar of the weeks around now with Alpaca's, and warns of each difference: a table can be older than a decision to close. */
export async function checkCalendar(
  rest: AlpacaRest,
  calendar: TradingCalendar,
  clock: Clock,
  log: Log,
): Promise<void> {
  const nowSeconds = clock.nowMicros() / 1_000_000;
  const start = newYorkDate(nowSeconds - 10 * daySeconds);
  const end = newYorkDate(nowSeconds + 30 * daySeconds);
  try {
    const { status, body } = await rest.get("trading", "/v2/calendar", { start, end });
    if (status !== 200) log.warn("The calendar cannot be checked.", { status });
    else for (const difference of calendarDifferences(calendar, body, start, end)) log.warn(difference);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    log.warn(`The calendar cannot be checked: ${error.message}`);
  }
}

/** Where our sessions from `start` to `end` differ from Alpaca's `[{date,open:"09:30",close:"16:00"}]`: a sentence each. */
export function calendarDifferences(calendar: TradingCalendar, answer: unknown, start: string, end: string): string[] {
  const theirs = new Map<string, string>();
  for (const entry of Array.isArray(answer) ? answer : []) {
    const { date, open, close } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof date === "string") theirs.set(date, `${String(open)} to ${String(close)}`);
  }
  const sessions = calendar.sessions.filter((session) => session.date >= start && session.date <= end);
  const ours = new Map(
    sessions.map(({ date, openSeconds, closeSeconds }) => {
      const midnight = newYorkToEpoch(parseDay(date) ?? 0, 12 * 3600) - 12 * 3600;
      return [date, `${clockText(openSeconds - midnight)} to ${clockText(closeSeconds - midnight)}`];
    }),
  );
  const dates = [...new Set([...ours.keys(), ...theirs.keys()])].filter((date) => date >= start && date <= end).sort();
  return dates
    .filter((date) => ours.get(date) !== theirs.get(date))
    .map(
      (date) =>
        `The calendar ${calendar.version} differs from Alpaca's on ${date}: ${ours.get(date) ?? "closed"}, Alpaca: ${theirs.get(date) ?? "closed"}.`,
    );
}

function clockText(secondsOfDay: number): string {
  const minutes = Math.round(secondsOfDay / 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

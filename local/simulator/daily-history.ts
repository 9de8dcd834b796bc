import type { Session, TradingCalendar } from "../../domain/calendar/calendar.ts";
import { newYorkToEpoch } from "../../domain/calendar/new-york.ts";
import { parseDay } from "../../domain/time/event-time.ts";
import type { DailyBar } from "../recording/documents.ts";
import type { BarFigures } from "./bar-builder.ts";
import type { Random } from "./random.ts";
import type { PlannedSplit } from "./splits.ts";
import { toCents } from "./stock.ts";

/** Sessions of daily bars that are kept: enough for any previous close, and bounded however long the market runs. */
const sessionsKept = 40;

/** The daily bars of one simulated market: made up for the time before it started, then added to at each close. */
export class DailyHistory {
  readonly #bars = new Map<string, DailyBar[]>();

  /**
   * Makes up a stock's bars before a session, ending with the given close.
   * @param splits of any stock, whose earlier prices are then in other shares
   */
  makeUp(
    symbol: string,
    before: Session,
    lastClose: number,
    calendar: TradingCalendar,
    splits: readonly PlannedSplit[],
    random: Random,
  ): void {
    const bars: DailyBar[] = [];
    let close = lastClose;
    let session = calendar.before(before);
    while (session !== null && bars.length < sessionsKept) {
      const open = toCents(close * (1 + random.normal() * 0.01));
      const high = toCents(Math.max(open, close) * (1 + random.uniform() * 0.01));
      const low = toCents(Math.min(open, close) * (1 - random.uniform() * 0.01));
      const v = 1_000_000 + random.below(9_000_000);
      const figures = { o: open, h: high, l: low, c: close, v, n: Math.floor(v / 120), vw: toCents((high + low) / 2) };
      bars.push(barOf(session, figures));
      const { date } = session;
      const split = splits.find(({ symbol: of, exDate }) => of === symbol && exDate === date);
      const shares = split === undefined ? 1 : split.newRate / split.oldRate;
      close = toCents((close / (1 + random.normal() * 0.015)) * shares);
      session = calendar.before(session);
    }
    this.#bars.set(symbol, bars.reverse());
  }

  /** Adds a session's bar. */
  add(symbol: string, session: Session, figures: BarFigures): void {
    const bars = this.#bars.get(symbol) ?? [];
    bars.push(barOf(session, figures));
    if (bars.length > sessionsKept) bars.shift();
    this.#bars.set(symbol, bars);
  }

  bySymbol(): Record<string, readonly DailyBar[]> {
    return Object.fromEntries(this.#bars);
  }
}

/** A daily bar's time is midnight in New York. */
export function barTime(date: string): string {
  return new Date(newYorkToEpoch(parseDay(date) ?? 0, 0) * 1000).toISOString().replace(".000", "");
}

function barOf(session: Session, figures: BarFigures): DailyBar {
  return { t: barTime(session.date), ...figures };
}

import type { Session, TradingCalendar } from "../../domain/calendar/calendar.ts";

/** A turn of the market's day: its open, its close, or the change to the next session at 20:00 in New York (C1). */
export interface Turn {
  readonly kind: "open" | "close" | "roll";
  /** The session that opens, closes, or begins. */
  readonly session: Session;
  readonly atMs: number;
}

/** Walks through the calendar, and says which turns have been reached. */
export class SessionCycle {
  readonly #calendar: TradingCalendar;
  #session: Session;
  #next: "open" | "close" | "roll";

  constructor(calendar: TradingCalendar, session: Session, nowMs: number) {
    this.#calendar = calendar;
    this.#session = session;
    const seconds = nowMs / 1000;
    this.#next = seconds < session.openSeconds ? "open" : seconds < session.closeSeconds ? "close" : "roll";
  }

  get session(): Session {
    return this.#session;
  }

  get isRegularHours(): boolean {
    return this.#next === "close";
  }

  /** The next turn, if it is reached by the moment. Call until null. After the calendar's end there is none. */
  take(nowMs: number): Turn | null {
    const { kind, atMs } = this.#upcoming();
    if (nowMs < atMs) return null;
    if (kind === "roll") {
      const next = this.#calendar.sessions[this.#session.index + 1];
      if (next === undefined) return null;
      this.#session = next;
    }
    this.#next = kind === "open" ? "close" : kind === "close" ? "roll" : "open";
    return { kind, session: this.#session, atMs };
  }

  #upcoming(): { kind: Turn["kind"]; atMs: number } {
    const { openSeconds, closeSeconds, endSeconds } = this.#session;
    const seconds = { open: openSeconds, close: closeSeconds, roll: endSeconds }[this.#next];
    return { kind: this.#next, atMs: seconds * 1000 };
  }
}

import type { Session, TradingCalendar } from "../calendar/calendar.ts";
import type { ReferenceNeed } from "./entries.ts";

/** How many sessions are remembered; the log moves forward, with late messages of the sessions just before. */
const sessionsKept = 8;

/** What can be a symbol at all: anything else has no official close to ask for. */
const symbolShape = /^[A-Za-z][A-Za-z0-9._/-]{0,19}$/;

/**
 * Says where references belong (C4): those of all known symbols before a session's first message, those of a symbol that was not known before that
 * symbol's first message. A symbol once seen is known in all later sessions, so that with `*` a session's first message asks for all at once.
 */
export class ReferenceNeeds {
  readonly #calendar: TradingCalendar;
  readonly #known: Set<string>;
  readonly #sessions = new Map<Session, Set<string>>();
  #session: Session | null = null;
  #asked = new Set<string>();

  /** @param symbols those known from the start; `*` names none */
  constructor(calendar: TradingCalendar, symbols: readonly string[]) {
    this.#calendar = calendar;
    this.#known = new Set(symbols.filter((symbol) => symbol !== "*"));
  }

  /** What has to be written before a message that counts; null nearly always. */
  before(symbol: string | null, epochMicros: number): ReferenceNeed | null {
    const session = this.#calendar.sessionAt(epochMicros / 1_000_000);
    if (session === this.#session && (symbol === null || this.#asked.has(symbol))) return null;
    if (session === null) return null;
    const asked = this.#sessions.get(session);
    this.#session = session;
    this.#asked = asked ?? new Set();
    const isNewSymbol = symbol !== null && !this.#asked.has(symbol) && symbolShape.test(symbol);
    if (isNewSymbol) this.#known.add(symbol);
    if (asked === undefined) return this.#open(session);
    if (!isNewSymbol) return null;
    asked.add(symbol);
    return { kind: "references", sessionDate: session.date, symbols: [symbol] };
  }

  #open(session: Session): ReferenceNeed | null {
    for (const symbol of this.#known) this.#asked.add(symbol);
    this.#sessions.set(session, this.#asked);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > sessionsKept && oldest !== undefined) this.#sessions.delete(oldest);
    if (this.#asked.size === 0) return null;
    return { kind: "references", sessionDate: session.date, symbols: [...this.#asked].sort() };
  }
}

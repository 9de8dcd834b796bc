/** One trading day of an exchange (C1). All times are whole seconds since the epoch. */
export interface Session {
  /** `YYYY-MM-DD` in New York. */
  readonly date: string;
  /** Its place in the calendar's `sessions`. */
  readonly index: number;
  /** 20:00 in New York on the date of the session before: from here on, moments belong to this session. */
  readonly beginSeconds: number;
  /** Regular hours are [openSeconds, closeSeconds): 09:30 to 16:00, or to the early close. */
  readonly openSeconds: number;
  readonly closeSeconds: number;
  /** 20:00 in New York on its own date, exclusive. */
  readonly endSeconds: number;
}

/** Which session a moment belongs to. Knows a fixed span of years, and nothing outside it. */
export interface TradingCalendar {
  /** Named in `settings` and `reference` records, so that whoever folds the log knows which dates were meant. */
  readonly version: string;
  /** All sessions, oldest first, with no hole between one's end and the next one's beginning. */
  readonly sessions: readonly Session[];
  /** The session of a moment (C1); fractions of a second are allowed. Null outside the table. */
  sessionAt(epochSeconds: number): Session | null;
  /** The session of a date `YYYY-MM-DD`; null on a day without one. */
  byDate(date: string): Session | null;
  /** The session before; null for the first of the table. */
  before(session: Session): Session | null;
}

/** A calendar of sessions given oldest first, each beginning where the one before ends. */
export function createCalendar(version: string, sessions: readonly Session[]): TradingCalendar {
  const dates = new Map(sessions.map((session) => [session.date, session]));
  // The stream moves slowly through the calendar, so that the session found last is nearly always the one asked for next.
  let newest: Session | null = null;
  return {
    version,
    sessions,
    sessionAt(epochSeconds) {
      if (newest !== null && epochSeconds >= newest.beginSeconds && epochSeconds < newest.endSeconds) return newest;
      const found = find(sessions, epochSeconds);
      if (found !== null) newest = found;
      return found;
    },
    byDate: (date) => dates.get(date) ?? null,
    before: (session) => sessions[session.index - 1] ?? null,
  };
}

/** The last session that has begun, if it has not ended. */
function find(sessions: readonly Session[], epochSeconds: number): Session | null {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sessions[middle]?.beginSeconds ?? Number.POSITIVE_INFINITY) <= epochSeconds) low = middle + 1;
    else high = middle;
  }
  const session = sessions[low - 1];
  return session !== undefined && epochSeconds < session.endSeconds ? session : null;
}

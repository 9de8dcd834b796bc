import type { SessionSnapshot } from "./snapshot-reader.ts";

/**
 * The session snapshots that the state topic holds of one partition: which is the latest, and which ones the raw log has passed, so that they can go (D2).
 * Nothing but the log is the truth here too: what is taken off in a transaction that fails is found again in recovery.
 */
export class SessionShelf {
  #sessions: readonly SessionSnapshot[];

  /** @param sessions as recovery finds them; one that cannot be read has an offset below 0, and is passed at once */
  constructor(sessions: readonly SessionSnapshot[]) {
    this.#sessions = sessions;
  }

  /**
   * The latest session that needs no snapshot any more; null where there is none. One that cannot be read (of another raw log or schema version) does
   * not count, and neither does one that was taken off: until the next is written, `verify` would have no start, and recovery nothing to fall back on.
   */
  get latestDate(): string | null {
    return this.#sessions.reduce<string | null>(
      (latest, { date, offset }) => (offset >= 0 && (latest === null || date > latest) ? date : latest),
      null,
    );
  }

  /** A session's snapshot is written. Returns the keys of an unreadable one of the same date that it has not replaced. */
  add(session: SessionSnapshot): readonly string[] {
    const replaced = this.#sessions.filter(({ date }) => date === session.date).flatMap(({ keys }) => keys);
    this.#sessions = [...this.#sessions.filter(({ date }) => date !== session.date), session];
    const written = new Set(session.keys);
    return replaced.filter((key) => !written.has(key));
  }

  /** Takes off the snapshots that stand before the first raw offset still kept, and returns their keys: each wants a record without a value. */
  takePassed(begin: number): readonly string[] {
    const passed = this.#sessions.filter(({ offset }) => offset < begin);
    if (passed.length === 0) return [];
    this.#sessions = this.#sessions.filter(({ offset }) => offset >= begin);
    return passed.flatMap(({ keys }) => keys);
  }
}

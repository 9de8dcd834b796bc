import { setTimeout as sleep } from "node:timers/promises";
import type { TradingCalendar } from "../domain/calendar/calendar.ts";
import type { ControlEntry, ReferenceNeed } from "../domain/raw-log/entries.ts";
import { noCorporateActions } from "../domain/references/corporate-actions.ts";
import { OfficialCloses } from "../domain/references/official-closes.ts";
import { referenceRecords } from "../domain/references/reference-records.ts";
import { pause } from "../runtime/clock/pause.ts";
import type { Log } from "../runtime/log/log.ts";
import { type FetchedReferences, fetchReferences, type ReferenceFetch } from "./fetch-references.ts";

export interface ReferenceSourceOptions extends ReferenceFetch {
  readonly calendar: TradingCalendar;
  readonly adjustDividends: boolean;
  readonly log: Log;
  /** Ends background attempts. */
  readonly signal: AbortSignal;
  /** Told the records of symbols that messages did not wait for any longer. */
  readonly onLate: (records: readonly ControlEntry[]) => void;
  /** How long messages wait for `load`. @default until all retries have been made */
  readonly waitMsMax?: number;
  /** Pause between background attempts. @default 60,000 */
  readonly lateRetryMs?: number;
}

/** How many sessions are remembered. */
const sessionsKept = 8;

/**
 * References from Alpaca's REST. Messages wait for `load`, which never fails: what cannot be had after all retries is said loudly, asked for
 * again in the background, and written late; until then quotes bear `noPreviousClose`, which is the truth.
 */
export class ReferenceSource {
  readonly #options: ReferenceSourceOptions;
  readonly #sessions = new Map<string, Map<string, FetchedReferences | null>>();
  #loading: Promise<void> = Promise.resolve();

  constructor(options: ReferenceSourceOptions) {
    this.#options = options;
  }

  isLoaded(need: ReferenceNeed): boolean {
    const symbols = this.#sessions.get(need.sessionDate);
    return symbols !== undefined && need.symbols.every((symbol) => symbols.has(symbol));
  }

  /** The records that a need stands for, of what has been loaded. */
  records(need: ReferenceNeed): readonly ControlEntry[] {
    const symbols = this.#sessions.get(need.sessionDate);
    return need.symbols.flatMap((symbol) => this.#recordsOf(need.sessionDate, symbol, symbols?.get(symbol) ?? null));
  }

  /** Fetches what is not there yet. One at a time, so that nothing is asked for twice. */
  load(sessionDate: string, symbols: readonly string[]): Promise<void> {
    this.#loading = this.#loading.then(() => this.#load(sessionDate, symbols));
    return this.#loading;
  }

  async #load(sessionDate: string, wanted: readonly string[]): Promise<void> {
    const known = this.#session(sessionDate);
    const symbols = [...new Set(wanted)].filter((symbol) => !known.has(symbol));
    if (symbols.length === 0) return;
    const fetching = this.#fetch(sessionDate, symbols);
    const fetched = await this.#inTime(fetching, sessionDate);
    for (const symbol of symbols) known.set(symbol, fetched === "late" ? null : fetched);
    if (fetched === "late") void fetching.then((late) => this.#writeLate(sessionDate, symbols, late));
    else if (fetched === null && !this.#options.signal.aborted) void this.#retryLater(sessionDate, symbols);
  }

  async #inTime(fetching: Promise<FetchedReferences | null>, sessionDate: string) {
    const { waitMsMax, signal, log } = this.#options;
    if (waitMsMax === undefined) return fetching;
    const done = new AbortController();
    const late = sleep(waitMsMax, "late" as const, { signal: AbortSignal.any([signal, done.signal]) });
    const result = await Promise.race([fetching, late.catch(() => null)]);
    done.abort();
    if (result === "late")
      log.warn("the references are late; the feed goes on without them until they come", { sessionDate });
    return result;
  }

  #writeLate(sessionDate: string, symbols: readonly string[], fetched: FetchedReferences | null): void {
    if (fetched === null) {
      if (!this.#options.signal.aborted) void this.#retryLater(sessionDate, symbols);
      return;
    }
    const known = this.#session(sessionDate);
    for (const symbol of symbols) known.set(symbol, fetched);
    this.#options.onLate(symbols.toSorted().flatMap((symbol) => this.#recordsOf(sessionDate, symbol, fetched)));
  }

  async #fetch(sessionDate: string, symbols: readonly string[]): Promise<FetchedReferences | null> {
    const { calendar, log } = this.#options;
    const session = calendar.byDate(sessionDate);
    const previous = session === null ? null : calendar.before(session);
    if (session === null || previous === null) return { closes: new OfficialCloses(), actions: noCorporateActions };
    try {
      const fetched = await fetchReferences(symbols, previous, session, this.#options);
      const without = symbols.filter((symbol) => fetched.closes.get(symbol, previous.date) === null);
      log.info("references fetched", { sessionDate, symbols: symbols.length, withoutClose: without.length });
      if (without.length > 0) {
        log.warn("no official close of the session before", { sessionDate, symbols: firstOf(without) });
      }
      return fetched;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn(`NO PREVIOUS CLOSES: ${reason} Messages go on without; trying again in the background.`, {
        sessionDate,
        symbols: firstOf(symbols),
      });
      return null;
    }
  }

  async #retryLater(sessionDate: string, symbols: readonly string[]): Promise<void> {
    const { signal, lateRetryMs = 60_000 } = this.#options;
    while (!signal.aborted && this.#sessions.has(sessionDate)) {
      await pause(lateRetryMs, signal);
      if (signal.aborted) return;
      const fetched = await this.#fetch(sessionDate, symbols);
      if (fetched === null) continue;
      this.#writeLate(sessionDate, symbols, fetched);
      return;
    }
  }

  #recordsOf(sessionDate: string, symbol: string, fetched: FetchedReferences | null): readonly ControlEntry[] {
    if (fetched === null) return [];
    const { calendar, adjustDividends } = this.#options;
    const need: ReferenceNeed = { kind: "references", sessionDate, symbols: [symbol] };
    return referenceRecords(need, { ...fetched, calendar, adjustDividends });
  }

  #session(sessionDate: string): Map<string, FetchedReferences | null> {
    const known = this.#sessions.get(sessionDate);
    if (known !== undefined) return known;
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= sessionsKept && oldest !== undefined) this.#sessions.delete(oldest);
    const created = new Map<string, FetchedReferences | null>();
    this.#sessions.set(sessionDate, created);
    return created;
  }
}

/** The first few, so that a line stays a line. */
function firstOf(symbols: readonly string[]): string {
  const shown = symbols.slice(0, 10).join(",");
  return symbols.length > 10 ? `${shown} and ${symbols.length - 10} more` : shown;
}

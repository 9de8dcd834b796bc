import type { Session } from "../domain/calendar/calendar.ts";
import { PipelineError } from "../domain/errors.ts";
import {
  type CorporateActions,
  noCorporateActions,
  parseCorporateActions,
} from "../domain/references/corporate-actions.ts";
import { addAuctions, addDailyBars, OfficialCloses } from "../domain/references/official-closes.ts";
import { formatDay, formatEventTime, parseDay } from "../domain/time/event-time.ts";
import type { Log } from "../runtime/log/log.ts";
import type { AlpacaRest } from "./alpaca-rest.ts";

/** What a session's references are made of, for some symbols. */
export interface FetchedReferences {
  readonly closes: OfficialCloses;
  readonly actions: CorporateActions;
}

export interface ReferenceFetch {
  readonly rest: AlpacaRest;
  readonly log: Log;
  /** A symbol's primary exchange by the tape's letter; null where it is not known. */
  readonly primaryExchange: (symbol: string) => string | null;
}

/** How many symbols one request names: its URL must stay within what servers take. */
const symbolsPerRequest = 200;

/** Actions are filtered by date on either side of the ex-date, because Alpaca does not say which of an action's dates it goes by. */
const actionMarginDays = 60;

/**
 * Fetches the official closes of the session before and the corporate actions between: closing auctions first, for those without one the
 * unadjusted daily bar of the SIP (C2).
 * @throws PipelineError `alpacaUnreachable` or `alpacaProtocol`
 */
export async function fetchReferences(
  symbols: readonly string[],
  previous: Session,
  session: Session,
  fetch: ReferenceFetch,
): Promise<FetchedReferences> {
  const closes = new OfficialCloses();
  const actions: CorporateActions[] = [];
  for (let from = 0; from < symbols.length; from += symbolsPerRequest) {
    const some = symbols.slice(from, from + symbolsPerRequest);
    await addCloses(closes, some, previous, fetch);
    actions.push(await fetchActions(some, previous, session, fetch));
  }
  return { closes, actions: actions.reduce(joined, noCorporateActions) };
}

async function addCloses(
  closes: OfficialCloses,
  symbols: readonly string[],
  previous: Session,
  { rest, log, primaryExchange }: ReferenceFetch,
): Promise<void> {
  // An hour past the close: auctions are over, and a plan that may not ask for the newest quarter of an hour is not refused.
  const span = { start: previous.date, end: momentOf(previous.closeSeconds + 3600), limit: 10_000 };
  const status = await rest.getPages("/v2/stocks/auctions", { symbols: symbols.join(","), ...span }, (body) =>
    addAuctions(closes, body, primaryExchange),
  );
  if (status !== 200) log.debug("no closing auctions to be had; daily bars are asked instead", { status });
  const missing = symbols.filter((symbol) => closes.get(symbol, previous.date) === null);
  if (missing.length > 0) await addBars(closes, missing, span, { rest, log, primaryExchange });
}

async function addBars(
  closes: OfficialCloses,
  symbols: readonly string[],
  span: Readonly<Record<string, string | number>>,
  fetch: ReferenceFetch,
): Promise<void> {
  const query = { symbols: symbols.join(","), timeframe: "1Day", adjustment: "raw", feed: "sip", ...span };
  let unreadable = 0;
  const status = await fetch.rest.getPages("/v2/stocks/bars", query, (body) => {
    unreadable += addDailyBars(closes, body);
  });
  if (unreadable > 0) fetch.log.warn("daily bars could not be read and were left out", { unreadable });
  if (status === 200) return;
  if (status !== 400) throw refused("daily bars", status);
  // One symbol that Alpaca does not know spoils the request for all: halve until it is alone.
  if (symbols.length === 1) {
    fetch.log.warn("Alpaca has no daily bars for the symbol", { symbol: symbols[0] });
    return;
  }
  const middle = symbols.length >> 1;
  await addBars(closes, symbols.slice(0, middle), span, fetch);
  await addBars(closes, symbols.slice(middle), span, fetch);
}

async function fetchActions(
  symbols: readonly string[],
  previous: Session,
  session: Session,
  fetch: ReferenceFetch,
): Promise<CorporateActions> {
  const query = {
    symbols: symbols.join(","),
    types: "forward_split,reverse_split,cash_dividend",
    start: dayPlus(previous.date, -actionMarginDays),
    end: dayPlus(session.date, actionMarginDays),
    limit: 1000,
  };
  let actions = noCorporateActions;
  const status = await fetch.rest.getPages("/v1/corporate-actions", query, (body) => {
    actions = joined(actions, parseCorporateActions(body));
  });
  if (actions.unreadable > 0) {
    fetch.log.warn("corporate actions could not be read and were left out", { unreadable: actions.unreadable });
  }
  if (status === 200) return actions;
  if (status !== 400) throw refused("corporate actions", status);
  if (symbols.length === 1) return noCorporateActions;
  const middle = symbols.length >> 1;
  return joined(
    await fetchActions(symbols.slice(0, middle), previous, session, fetch),
    await fetchActions(symbols.slice(middle), previous, session, fetch),
  );
}

/** Closes without the splits in between would be wrong, which is worse than none. */
function refused(what: string, status: number): PipelineError {
  return new PipelineError("alpacaProtocol", `Alpaca refuses ${what} (HTTP ${status}).`, {
    remedy: "Check that the account may read market data, and ALPACA_DATA_URL.",
  });
}

function joined(a: CorporateActions, b: CorporateActions): CorporateActions {
  return {
    splits: [...a.splits, ...b.splits],
    dividends: [...a.dividends, ...b.dividends],
    unreadable: a.unreadable + b.unreadable,
  };
}

function momentOf(epochSeconds: number): string {
  return formatEventTime({ micros: epochSeconds * 1_000_000, nanos: 0 });
}

function dayPlus(date: string, days: number): string {
  return formatDay((parseDay(date) ?? 0) + days);
}

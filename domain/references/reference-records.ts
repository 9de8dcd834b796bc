import type { Session, TradingCalendar } from "../calendar/calendar.ts";
import { formatPrice } from "../price/format.ts";
import { type PriceMicros, parsePrice } from "../price/price.ts";
import type { ControlEntry, ReferenceNeed } from "../raw-log/entries.ts";
import type { CorporateActions, ShareSplit } from "./corporate-actions.ts";
import type { OfficialCloses } from "./official-closes.ts";
import { divide, multiply, one, type Rational, rationalOf, roundToInteger, subtract } from "./rational.ts";

/** All that the previous closes of any session are worked out from. */
export interface ReferenceData {
  readonly closes: OfficialCloses;
  readonly actions: CorporateActions;
  readonly calendar: TradingCalendar;
  /** Lowers the previous close by the cash dividends of the ex-date (C3). */
  readonly adjustDividends: boolean;
}

/**
 * The control records that belong before a session's first message (C4): for each symbol, sorted, its splits (C5; by ex-date) and then its reference.
 * A symbol without an official close of the session before has no reference; its splits are written all the same, since C5 needs them.
 */
export function referenceRecords(need: ReferenceNeed, data: ReferenceData): readonly ControlEntry[] {
  const session = data.calendar.byDate(need.sessionDate);
  const previous = session === null ? null : data.calendar.before(session);
  if (session === null || previous === null) return [];
  return [...new Set(need.symbols)].sort().flatMap((symbol) => {
    const splits = splitsOf(symbol, previous, session, data.actions);
    const reference = referenceText(symbol, session, previous, splits, data);
    const values = reference === null ? splits.map(splitText) : [...splits.map(splitText), reference];
    return values.map(
      (value): ControlEntry => ({ kind: "control", type: value === reference ? "reference" : "split", symbol, value }),
    );
  });
}

/** The splits between two sessions: ex-dates after the one and not after the other, a day without a session included. */
function splitsOf(
  symbol: string,
  previous: Session,
  session: Session,
  actions: CorporateActions,
): readonly ShareSplit[] {
  return actions.splits
    .filter((split) => split.symbol === symbol && isBetween(split.exDate, previous, session))
    .sort((a, b) => (a.exDate < b.exDate ? -1 : a.exDate > b.exDate ? 1 : 0));
}

function isBetween(exDate: string, previous: Session, session: Session): boolean {
  return exDate > previous.date && exDate <= session.date;
}

function referenceText(
  symbol: string,
  session: Session,
  previous: Session,
  splits: readonly ShareSplit[],
  data: ReferenceData,
): string | null {
  const unadjusted = data.closes.get(symbol, previous.date);
  if (unadjusted === null) return null;
  const factor = splits.reduce((product, split) => multiply(product, factorOf(split)), one);
  const adjusted = adjustedClose(symbol, unadjusted, splits, previous, session, data);
  // A close that rounds to nothing, or above what a price may be (P3), is no price to compare with.
  if (adjusted === null || adjusted.numerator <= 0n) return null;
  const previousClose = parsePrice(roundToInteger(adjusted) / 1_000_000);
  if (previousClose === null || previousClose === 0) return null;
  const splitFactor = roundToInteger(multiply(factor, rationalOf(1_000_000))) as PriceMicros;
  return (
    `{"T":"reference","S":${JSON.stringify(symbol)},"sessionDate":"${session.date}","previousClose":${formatPrice(previousClose)}` +
    `,"previousCloseDate":"${previous.date}","unadjustedClose":${formatPrice(unadjusted)},"splitFactor":${formatPrice(splitFactor)}` +
    `,"source":"official","calendar":${JSON.stringify(data.calendar.version)}}`
  );
}

/**
 * The close in millionths, exactly (C3). A dividend is taken off in the order of the ex-dates; of one date the split comes first, since a dividend
 * is told for the shares of its ex-date.
 */
function adjustedClose(
  symbol: string,
  unadjusted: PriceMicros,
  splits: readonly ShareSplit[],
  previous: Session,
  session: Session,
  data: ReferenceData,
): Rational | null {
  const dividends = data.adjustDividends
    ? data.actions.dividends.filter((one) => one.symbol === symbol && isBetween(one.exDate, previous, session))
    : [];
  const steps = [
    ...splits.map((split) => ({
      exDate: split.exDate,
      order: 0,
      apply: (close: Rational) => divide(close, factorOf(split)),
    })),
    ...dividends.map(({ exDate, rate }) => ({
      exDate,
      order: 1,
      apply: (close: Rational) => subtract(close, rationalOf(rate * 1_000_000)),
    })),
  ].sort((a, b) => (a.exDate < b.exDate ? -1 : a.exDate > b.exDate ? 1 : a.order - b.order));
  return steps.reduce((close, step) => step.apply(close), rationalOf(unadjusted));
}

function factorOf(split: ShareSplit): Rational {
  return divide(rationalOf(split.newRate), rationalOf(split.oldRate));
}

function splitText(split: ShareSplit): string {
  return `{"T":"split","S":${JSON.stringify(split.symbol)},"exDate":"${split.exDate}","oldRate":${rateText(split.oldRate)},"newRate":${rateText(split.newRate)}}`;
}

/** A rate as a JSON number with at most six decimals (P2). */
function rateText(rate: number): string {
  return formatPrice(roundToInteger(multiply(rationalOf(rate), rationalOf(1_000_000))) as PriceMicros);
}

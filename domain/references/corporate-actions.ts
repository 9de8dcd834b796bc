import { parseDay } from "../time/event-time.ts";

/** `oldRate` shares become `newRate` shares on the ex-date: 1 and 7 for a 7-for-1 split (C3). */
export interface ShareSplit {
  readonly symbol: string;
  readonly exDate: string;
  readonly oldRate: number;
  readonly newRate: number;
}

/** Cash paid for each share held before the ex-date, in dollars. */
interface CashDividend {
  readonly symbol: string;
  readonly exDate: string;
  readonly rate: number;
}

/** What changes the value of a share overnight. */
export interface CorporateActions {
  readonly splits: readonly ShareSplit[];
  readonly dividends: readonly CashDividend[];
  /** How many entries could not be read and were left out. */
  readonly unreadable: number;
}

export const noCorporateActions: CorporateActions = { splits: [], dividends: [], unreadable: 0 };

/**
 * Reads Alpaca's answer to `/v1/corporate-actions`: forward and reverse splits and cash dividends; a split listed twice counts once.
 * @see https://docs.alpaca.markets/reference/corporateactions-1
 */
export function parseCorporateActions(document: unknown): CorporateActions {
  const lists = recordOf(recordOf(document)["corporate_actions"]);
  const splitEntries = [...listOf(lists["forward_splits"]), ...listOf(lists["reverse_splits"])];
  const dividendEntries = listOf(lists["cash_dividends"]);
  const splits = new Map<string, ShareSplit>();
  let readable = 0;
  for (const split of splitEntries.map(splitOf)) {
    if (split === null) continue;
    readable++;
    splits.set(`${split.symbol} ${split.exDate} ${split.oldRate} ${split.newRate}`, split);
  }
  const dividends = dividendEntries.map(dividendOf).filter((dividend) => dividend !== null);
  return {
    splits: [...splits.values()],
    dividends,
    unreadable: splitEntries.length - readable + dividendEntries.length - dividends.length,
  };
}

function splitOf(entry: unknown): ShareSplit | null {
  const { symbol, ex_date: exDate, old_rate: oldRate, new_rate: newRate } = recordOf(entry);
  if (typeof symbol !== "string" || !isDate(exDate) || !isRate(oldRate) || !isRate(newRate)) return null;
  return { symbol, exDate, oldRate, newRate };
}

function dividendOf(entry: unknown): CashDividend | null {
  const { symbol, ex_date: exDate, rate } = recordOf(entry);
  return typeof symbol === "string" && isDate(exDate) && isRate(rate) ? { symbol, exDate, rate } : null;
}

/** A calendar date, YYYY-MM-DD. */
export function isDate(value: unknown): value is string {
  return typeof value === "string" && value.length === 10 && parseDay(value) !== null;
}

/** A rate of shares or of dollars; what is larger is no rate. */
export function isRate(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value < 1e9;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

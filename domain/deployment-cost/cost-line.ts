import { priceList } from "./price-list.ts";

/** One line of a monthly bill. */
export interface CostLine {
  readonly group: string;
  readonly item: string;
  readonly quantity: number;
  /** Dollars a month for one; null where the table has no price for it. */
  readonly dollarsEach: number | null;
  /** Dollars a month; null where the table has no price for it. */
  readonly dollars: number | null;
}

/** A line from a price by the month. Where there is none of it there is no line. */
export function monthly(group: string, item: string, quantity: number, dollarsEach: number | undefined): CostLine[] {
  if (quantity === 0) return [];
  if (dollarsEach === undefined) return [{ group, item, quantity, dollarsEach: null, dollars: null }];
  return [{ group, item, quantity, dollarsEach, dollars: quantity * dollarsEach }];
}

/** A line from a price by the hour, for a month of `priceList.hoursPerMonth`. */
export function hourly(group: string, item: string, quantity: number, dollarsEach: number | undefined): CostLine[] {
  const month = dollarsEach === undefined ? undefined : dollarsEach * priceList.hoursPerMonth;
  return monthly(group, item, quantity, month);
}

/** The sum of what has a price, in dollars a month. */
export function totalDollars(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { dollars }) => sum + (dollars ?? 0), 0);
}

/** The price of a type that a configuration names freely, where the table has one. */
export function priceOf(prices: Readonly<Record<string, number>>, type: string): number | undefined {
  return Object.hasOwn(prices, type) ? prices[type] : undefined;
}

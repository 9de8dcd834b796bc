import { formatTenThousandths } from "../price/format.ts";

/** Where a price stands against the previous close (I1). */
export const indicators = ["Bullish", "Bearish", "Neutral"] as const;

export type Indicator = (typeof indicators)[number];

/** How far a price stands from the previous close. */
export interface Change {
  /** Percent, in ten-thousandths, rounded for the wire (P2); the indicator is taken from the exact value. */
  readonly percentTenThousandths: number;
  readonly indicator: Indicator;
}

/** `percentChange` and `indicator` as the inside of a JSON object; nulls where there is no change to tell (I2, Q2). */
export function changeJson(change: Change | null): string {
  if (change === null) return '"percentChange":null,"indicator":null';
  return `"percentChange":${formatTenThousandths(change.percentTenThousandths)},"indicator":"${change.indicator}"`;
}

import { compareProducts, scaleAndRound } from "../../domain/price/ratio.ts";
import type { Indicator } from "../../domain/records/indicator.ts";

/** How far a mid stands from the previous close. */
export interface Change {
  /** Percent, in ten-thousandths, rounded for the wire (P2); the indicator is taken from the exact value. */
  readonly percentTenThousandths: number;
  readonly indicator: Indicator;
}

/**
 * change = (mid - previousClose) / previousClose; Bullish from +threshold, Bearish to -threshold, both inclusive (I1).
 * @param mid half millionths of a dollar
 * @param previousClose millionths of a dollar, above 0
 * @param thresholdMillionths 50,000 is 5 percent
 */
export function changeOf(mid: number, previousClose: number, thresholdMillionths: number): Change {
  const base = 2 * previousClose;
  const difference = mid - base;
  return {
    percentTenThousandths: scaleAndRound(difference, 1_000_000, base),
    indicator: indicatorOf(difference, base, thresholdMillionths),
  };
}

function indicatorOf(difference: number, base: number, thresholdMillionths: number): Indicator {
  const beyond = compareProducts(Math.abs(difference), 1_000_000, thresholdMillionths, base) >= 0;
  if (!beyond) return "Neutral";
  return difference > 0 ? "Bullish" : "Bearish";
}

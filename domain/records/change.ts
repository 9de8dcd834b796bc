import { compareProducts, scaleAndRound } from "../price/ratio.ts";
import type { Change, Indicator } from "./indicator.ts";

/**
 * change = (price - previousClose) / previousClose; Bullish from +threshold, Bearish to -threshold, both inclusive (I1).
 * @param price half millionths of a dollar
 * @param previousClose the same, above 0
 * @param thresholdMillionths 50,000 is 5 percent
 */
export function changeOf(price: number, previousClose: number, thresholdMillionths: number): Change {
  const difference = price - previousClose;
  return {
    percentTenThousandths: scaleAndRound(difference, 1_000_000, previousClose),
    indicator: indicatorOf(difference, previousClose, thresholdMillionths),
  };
}

function indicatorOf(difference: number, base: number, thresholdMillionths: number): Indicator {
  const beyond = compareProducts(Math.abs(difference), 1_000_000, thresholdMillionths, base) >= 0;
  if (!beyond) return "Neutral";
  return difference > 0 ? "Bullish" : "Bearish";
}

import { compareProducts, scaleAndRound } from "../../domain/price/ratio.ts";
import type { Change, Indicator } from "../../domain/records/indicator.ts";
import type { MarketSettings } from "../../domain/settings.ts";
import type { KnownClose } from "./state.ts";

/**
 * The change of a symbol's price against its previous close, by the threshold of the symbol (I1); null where no previous close is known (I2).
 * @param price half millionths of a dollar: a mid, or twice a trade's price
 */
export function changeAgainst(
  settings: MarketSettings,
  symbol: string,
  close: KnownClose | null,
  price: number,
): Change | null {
  if (close === null) return null;
  const threshold = settings.thresholdMillionthsBySymbol.get(symbol) ?? settings.thresholdMillionths;
  return changeOf(price, close.price, threshold);
}

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

import { changeOf } from "../../domain/records/change.ts";
import type { Change } from "../../domain/records/indicator.ts";
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

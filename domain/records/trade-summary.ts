import { formatPrice } from "../price/format.ts";
import type { PriceMicros } from "../price/price.ts";
import { scaleAndRound } from "../price/ratio.ts";

/** What a window knows of the trades that count in it (W5): prices in millionths of a dollar, times as `EventTime` has them. */
export interface TradeSummary {
  /** Of the trades that set prices: first and last by event time, highest and lowest. Nothing is said where `priced` is 0. */
  readonly open: PriceMicros;
  readonly high: PriceMicros;
  readonly low: PriceMicros;
  readonly close: PriceMicros;
  /** How many trades set prices. */
  readonly priced: number;
  readonly pricedVolume: number;
  /** Sum of price x size over those, in log order (P1). */
  readonly notional: number;
  /** Shares, and trades, that count. */
  readonly volume: number;
  readonly count: number;
}

/**
 * The values as the inside of a JSON object, from `tradeOpen` to `tradeCount`. Where no trade sets prices (odd lots alone) the four prices and the
 * average are left out; so is the average of trades that have no size.
 */
export function tradeSummaryJson(summary: TradeSummary): string {
  const { pricedVolume, volume, count } = summary;
  if (summary.priced === 0) return `"volume":${volume},"tradeCount":${count}`;
  const vwap =
    pricedVolume === 0 ? "" : `"vwap":${formatPrice(scaleAndRound(summary.notional, 1, pricedVolume) as PriceMicros)},`;
  return `"tradeOpen":${formatPrice(summary.open)},"tradeHigh":${formatPrice(summary.high)},"tradeLow":${formatPrice(summary.low)},"tradeClose":${formatPrice(summary.close)},"volume":${volume},${vwap}"tradeCount":${count}`;
}

import type { PriceMicros } from "../price/price.ts";
import { scaleAndRound } from "../price/ratio.ts";
import { ascii, keys } from "./ascii.ts";
import { type JsonWriter, json } from "./json-writer.ts";

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

const key = keys("tradeOpen", "tradeHigh", "tradeLow", "tradeClose", "volume", "vwap", "tradeCount");

/**
 * The values, from `tradeOpen` to `tradeCount`. Where no trade sets prices (odd lots alone) the four prices and the average are left out; so is the average
 * of trades that have no size.
 */
export function writeTradeSummary(json: JsonWriter, summary: TradeSummary): void {
  if (summary.priced > 0) {
    json.put(key.tradeOpen).price(summary.open);
    json.put(key.tradeHigh).price(summary.high);
    json.put(key.tradeLow).price(summary.low);
    json.put(key.tradeClose).price(summary.close);
  }
  json.put(key.volume).number(summary.volume);
  if (summary.priced > 0 && summary.pricedVolume > 0) {
    json.put(key.vwap).price(scaleAndRound(summary.notional, 1, summary.pricedVolume) as PriceMicros);
  }
  json.put(key.tradeCount).number(summary.count);
}

/** The same as a text, for whoever compares. */
export function tradeSummaryText(summary: TradeSummary): string {
  writeTradeSummary(json.begin(empty), summary);
  return decoder.decode(json.take());
}

const empty = ascii("");
const decoder = new TextDecoder();

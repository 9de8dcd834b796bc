import { z } from "zod";
import type { Trade } from "../messages/raw-record.ts";
import { formatPrice } from "../price/format.ts";
import { formatEventTime } from "../time/event-time.ts";
import * as fields from "./fields.ts";
import { type Change, changeJson } from "./indicator.ts";
import { jsonText, jsonTexts } from "./json-text.ts";
import { type PreviousClose, previousCloseJson } from "./previous-close.ts";
import { type QualityFlag, qualityJson } from "./quality.ts";

/** A trade with its indicator: one value of `market.enriched`. The one definition: types and JSON Schema follow from it. */
export const enrichedTradeSchema = z
  .strictObject({
    type: z.literal("trade"),
    symbol: z.string().min(1),
    eventTime: fields.eventTime,
    tradeId: fields.tradeId,
    exchange: z.string(),
    price: fields.dollars,
    size: fields.count.describe("Shares"),
    conditions: z.array(z.string()),
    tape: z.string(),
    previousClose: fields.previousClose,
    previousCloseDate: fields.previousCloseDate,
    previousCloseSource: fields.previousCloseSource,
    percentChange: fields.percentChange,
    indicator: fields.indicator,
    quality: fields.quality,
  })
  .meta({ title: "EnrichedTrade", description: "A trade with its indicator, whether it counts in candles or not" });

/** What the fold knows of a trade when it publishes it. */
export interface EnrichedTradeFacts {
  readonly trade: Trade;
  readonly previousClose: PreviousClose | null;
  /** Of the trade's own price; null where it has none, or no previous close is known. */
  readonly change: Change | null;
  readonly quality: readonly QualityFlag[];
}

/** Writes the value: keys in the order of the schema (P4). Written by hand, for it is a hot path. */
export function enrichedTradeJson({ trade, previousClose, change, quality }: EnrichedTradeFacts): string {
  return `{"type":"trade","symbol":${jsonText(trade.symbol)},"eventTime":"${formatEventTime(trade)}","tradeId":${trade.id},"exchange":${jsonText(trade.exchange)},"price":${formatPrice(trade.price)},"size":${trade.size},"conditions":${jsonTexts(trade.conditions)},"tape":${jsonText(trade.tape)},${previousCloseJson(previousClose)},${changeJson(change)},"quality":${qualityJson(quality)}}`;
}

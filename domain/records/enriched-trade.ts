import { z } from "zod";
import type { Trade } from "../messages/raw-record.ts";
import { ascii, keys } from "./ascii.ts";
import * as fields from "./fields.ts";
import { type Change, writeChange } from "./indicator.ts";
import { json } from "./json-writer.ts";
import { type PreviousClose, writePreviousClose } from "./previous-close.ts";
import { type QualityFlag, writeQuality } from "./quality.ts";

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

const start = ascii('{"type":"trade"');
const key = keys("symbol", "eventTime", "tradeId", "exchange", "price", "size", "conditions", "tape");

/** The value: keys in the order of the schema (P4). */
export function enrichedTradeJson({ trade, previousClose, change, quality }: EnrichedTradeFacts): Uint8Array {
  json.begin(start);
  json.put(key.symbol).text(trade.symbol);
  json.put(key.eventTime).time(trade.micros, trade.nanos);
  json.put(key.tradeId).json(trade.id);
  json.put(key.exchange).text(trade.exchange);
  json.put(key.price).price(trade.price);
  json.put(key.size).number(trade.size);
  json.put(key.conditions).texts(trade.conditions);
  json.put(key.tape).text(trade.tape);
  writePreviousClose(json, previousClose);
  writeChange(json, change);
  writeQuality(json, quality);
  return json.end();
}

import { z } from "zod";
import type { Cancel } from "../messages/raw-record.ts";
import { ascii, keys } from "./ascii.ts";
import * as fields from "./fields.ts";
import { json } from "./json-writer.ts";
import { type QualityFlag, writeQuality } from "./quality.ts";

/** A trade's cancel: one value of `market.enriched` (W7). The one definition: types and JSON Schema follow from it. */
export const cancelSchema = z
  .strictObject({
    type: z.literal("cancel"),
    symbol: z.string().min(1),
    eventTime: fields.eventTime.describe("Of the cancel; the trade had its own"),
    exchange: z.string(),
    tradeId: fields.tradeId,
    price: fields.dollars,
    size: fields.count,
    action: z.string().describe("C cancel, E error"),
    tape: z.string(),
    quality: fields.quality,
  })
  .meta({ title: "Cancel", description: "A trade taken back" });

const start = ascii('{"type":"cancel"');
const key = keys("symbol", "eventTime", "exchange", "tradeId", "price", "size", "action", "tape");

/** The value: keys in the order of the schema (P4). */
export function cancelJson(cancel: Cancel, quality: readonly QualityFlag[]): Uint8Array {
  json.begin(start);
  json.put(key.symbol).text(cancel.symbol);
  json.put(key.eventTime).time(cancel.micros, cancel.nanos);
  json.put(key.exchange).text(cancel.exchange);
  json.put(key.tradeId).json(cancel.id);
  json.put(key.price).price(cancel.price);
  json.put(key.size).number(cancel.size);
  json.put(key.action).text(cancel.action);
  json.put(key.tape).text(cancel.tape);
  writeQuality(json, quality);
  return json.end();
}

import { z } from "zod";
import type { Correction } from "../messages/raw-record.ts";
import { ascii, keys } from "./ascii.ts";
import * as fields from "./fields.ts";
import { json } from "./json-writer.ts";
import { type QualityFlag, writeQuality } from "./quality.ts";

/** A trade's correction: one value of `market.enriched` (W7). The one definition: types and JSON Schema follow from it. */
export const correctionSchema = z
  .strictObject({
    type: z.literal("correction"),
    symbol: z.string().min(1),
    eventTime: fields.eventTime.describe("Of the correction; the trade keeps its own"),
    exchange: z.string(),
    originalTradeId: fields.tradeId,
    originalPrice: fields.dollars,
    originalSize: fields.count,
    correctedTradeId: fields.tradeId,
    correctedPrice: fields.dollars,
    correctedSize: fields.count,
    conditions: z.array(z.string()).describe("Those of the corrected trade"),
    tape: z.string(),
    quality: fields.quality,
  })
  .meta({ title: "Correction", description: "A trade told again with what it should have been" });

const start = ascii('{"type":"correction"');
const key = keys(
  "symbol",
  "eventTime",
  "exchange",
  "originalTradeId",
  "originalPrice",
  "originalSize",
  "correctedTradeId",
  "correctedPrice",
  "correctedSize",
  "conditions",
  "tape",
);

/** The value: keys in the order of the schema (P4). */
export function correctionJson(correction: Correction, quality: readonly QualityFlag[]): Uint8Array {
  json.begin(start);
  json.put(key.symbol).text(correction.symbol);
  json.put(key.eventTime).time(correction.micros, correction.nanos);
  json.put(key.exchange).text(correction.exchange);
  json.put(key.originalTradeId).json(correction.originalId);
  json.put(key.originalPrice).price(correction.originalPrice);
  json.put(key.originalSize).number(correction.originalSize);
  json.put(key.correctedTradeId).json(correction.correctedId);
  json.put(key.correctedPrice).price(correction.correctedPrice);
  json.put(key.correctedSize).number(correction.correctedSize);
  json.put(key.conditions).texts(correction.conditions);
  json.put(key.tape).text(correction.tape);
  writeQuality(json, quality);
  return json.end();
}

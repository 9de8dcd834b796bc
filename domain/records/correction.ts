import { z } from "zod";
import type { Correction } from "../messages/raw-record.ts";
import { formatPrice } from "../price/format.ts";
import { formatEventTime } from "../time/event-time.ts";
import * as fields from "./fields.ts";
import { jsonText, jsonTexts } from "./json-text.ts";
import { type QualityFlag, qualityJson } from "./quality.ts";

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

/** Writes the value: keys in the order of the schema (P4). */
export function correctionJson(correction: Correction, quality: readonly QualityFlag[]): string {
  const original = `"originalTradeId":${correction.originalId},"originalPrice":${formatPrice(correction.originalPrice)},"originalSize":${correction.originalSize}`;
  const corrected = `"correctedTradeId":${correction.correctedId},"correctedPrice":${formatPrice(correction.correctedPrice)},"correctedSize":${correction.correctedSize}`;
  return `{"type":"correction","symbol":${jsonText(correction.symbol)},"eventTime":"${formatEventTime(correction)}","exchange":${jsonText(correction.exchange)},${original},${corrected},"conditions":${jsonTexts(correction.conditions)},"tape":${jsonText(correction.tape)},"quality":${qualityJson(quality)}}`;
}

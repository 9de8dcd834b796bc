import { z } from "zod";
import type { Cancel } from "../messages/raw-record.ts";
import { formatPrice } from "../price/format.ts";
import { formatEventTime } from "../time/event-time.ts";
import * as fields from "./fields.ts";
import { jsonText } from "./json-text.ts";
import { type QualityFlag, qualityJson } from "./quality.ts";

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

/** Writes the value: keys in the order of the schema (P4). */
export function cancelJson(cancel: Cancel, quality: readonly QualityFlag[]): string {
  return `{"type":"cancel","symbol":${jsonText(cancel.symbol)},"eventTime":"${formatEventTime(cancel)}","exchange":${jsonText(cancel.exchange)},"tradeId":${cancel.id},"price":${formatPrice(cancel.price)},"size":${cancel.size},"action":${jsonText(cancel.action)},"tape":${jsonText(cancel.tape)},"quality":${qualityJson(quality)}}`;
}

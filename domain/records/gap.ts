import { z } from "zod";
import type { Gap } from "../messages/raw-record.ts";
import { formatEventTime } from "../time/event-time.ts";
import { eventTime } from "./fields.ts";
import { jsonText } from "./json-text.ts";

/** A hole in the feed: one value of `market.enriched` on each partition that it concerns (W9). The one definition: types and JSON Schema follow from it. */
export const gapSchema = z
  .strictObject({
    type: z.literal("gap"),
    symbol: z.string().min(1).nullable().describe("Null where every symbol of the record's partition is concerned"),
    from: eventTime,
    to: eventTime,
    reason: z.string(),
  })
  .meta({ title: "Gap", description: "A span of the market's time in which records may be missing" });

/** Writes the value: keys in the order of the schema (P4). */
export function gapJson({ symbol, from, to, reason }: Gap): string {
  const S = symbol === null ? "null" : jsonText(symbol);
  return `{"type":"gap","symbol":${S},"from":"${formatEventTime(from)}","to":"${formatEventTime(to)}","reason":${JSON.stringify(reason)}}`;
}

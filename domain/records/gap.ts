import { z } from "zod";
import type { Gap } from "../messages/raw-record.ts";
import { ascii, keys } from "./ascii.ts";
import { eventTime } from "./fields.ts";
import { json } from "./json-writer.ts";

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

const start = ascii('{"type":"gap"');
const key = keys("symbol", "from", "to", "reason");

/** The value: keys in the order of the schema (P4). */
export function gapJson({ symbol, from, to, reason }: Gap): Uint8Array {
  json.begin(start);
  json.put(key.symbol).text(symbol);
  json.put(key.from).time(from.micros, from.nanos);
  json.put(key.to).time(to.micros, to.nanos);
  json.put(key.reason).text(reason);
  return json.end();
}

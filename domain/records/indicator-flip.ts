import { z } from "zod";
import type { MidHalfMicros } from "../price/price.ts";
import type { EventTime } from "../time/event-time.ts";
import { ascii, keys } from "./ascii.ts";
import * as fields from "./fields.ts";
import { type Change, type Indicator, indicators } from "./indicator.ts";
import { json } from "./json-writer.ts";
import type { PreviousClose } from "./previous-close.ts";

/** A change of a symbol's indicator within a session: one value of `market.alerts` (I3). The one definition: types and JSON Schema follow from it. */
export const indicatorFlipSchema = z
  .strictObject({
    type: z.literal("alert"),
    kind: z.literal("indicatorFlip"),
    symbol: z.string().min(1),
    eventTime: fields.eventTime.describe("Of the quote that flipped it"),
    from: z.enum(indicators),
    to: z.enum(indicators),
    midPrice: fields.dollars,
    previousClose: fields.dollars,
    percentChange: z.number(),
  })
  .meta({ title: "IndicatorFlip", description: "The indicator of a symbol has changed" });

/** What the fold knows of a flip when it publishes it. */
export interface IndicatorFlipFacts {
  readonly symbol: string;
  readonly eventTime: EventTime;
  readonly from: Indicator;
  readonly midPrice: MidHalfMicros;
  readonly previousClose: PreviousClose;
  readonly change: Change;
}

const start = ascii('{"type":"alert","kind":"indicatorFlip"');
const key = keys("symbol", "eventTime", "from", "to", "midPrice", "previousClose", "percentChange");

/** The value: keys in the order of the schema (P4). */
export function indicatorFlipJson(flip: IndicatorFlipFacts): Uint8Array {
  const { eventTime, change } = flip;
  json.begin(start);
  json.put(key.symbol).text(flip.symbol);
  json.put(key.eventTime).time(eventTime.micros, eventTime.nanos);
  json.put(key.from).text(flip.from);
  json.put(key.to).text(change.indicator);
  json.put(key.midPrice).mid(flip.midPrice);
  json.put(key.previousClose).mid(flip.previousClose.price);
  json.put(key.percentChange).tenThousandths(change.percentTenThousandths);
  return json.end();
}

import { z } from "zod";
import { formatMid, formatTenThousandths } from "../price/format.ts";
import type { MidHalfMicros } from "../price/price.ts";
import { type EventTime, formatEventTime } from "../time/event-time.ts";
import { dollars, eventTime } from "./fields.ts";
import { type Change, type Indicator, indicators } from "./indicator.ts";
import { jsonText } from "./json-text.ts";
import type { PreviousClose } from "./previous-close.ts";

/** A change of a symbol's indicator within a session: one value of `market.alerts` (I3). The one definition: types and JSON Schema follow from it. */
export const indicatorFlipSchema = z
  .strictObject({
    type: z.literal("alert"),
    kind: z.literal("indicatorFlip"),
    symbol: z.string().min(1),
    eventTime: eventTime.describe("Of the quote that flipped it"),
    from: z.enum(indicators),
    to: z.enum(indicators),
    midPrice: dollars,
    previousClose: dollars,
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

/** Writes the value: keys in the order of the schema (P4). */
export function indicatorFlipJson(flip: IndicatorFlipFacts): string {
  const { change } = flip;
  return `{"type":"alert","kind":"indicatorFlip","symbol":${jsonText(flip.symbol)},"eventTime":"${formatEventTime(flip.eventTime)}","from":"${flip.from}","to":"${change.indicator}","midPrice":${formatMid(flip.midPrice)},"previousClose":${formatMid(flip.previousClose.price)},"percentChange":${formatTenThousandths(change.percentTenThousandths)}}`;
}

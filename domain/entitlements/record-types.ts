import { cancelSchema } from "../records/cancel.ts";
import { candleSchema } from "../records/candle.ts";
import { correctionSchema } from "../records/correction.ts";
import { enrichedBarSchema } from "../records/enriched-bar.ts";
import { enrichedQuoteSchema } from "../records/enriched-quote.ts";
import { enrichedTradeSchema } from "../records/enriched-trade.ts";
import { gapSchema } from "../records/gap.ts";
import { indicatorFlipSchema } from "../records/indicator-flip.ts";

/** What can be sold apart. */
export const productKinds = ["quotes", "trades", "candles", "alerts"] as const;
export type ProductKind = (typeof productKinds)[number];

/** The `type` of a published record. */
export type RecordType = "quote" | "trade" | "correction" | "cancel" | "bar" | "gap" | "candle" | "alert";

/**
 * The records that a kind brings. Corrections, cancels and the vendor's bars speak of trades. A gap says that records may be missing, so
 * that every kind of the enriched topic brings it.
 */
export const recordTypesOf: Readonly<Record<ProductKind, readonly RecordType[]>> = {
  quotes: ["quote", "gap"],
  trades: ["trade", "correction", "cancel", "bar", "gap"],
  candles: ["candle"],
  alerts: ["alert"],
};

/** Every top-level field of a type of record, in the order in which it is published. */
export const fieldsOf: Readonly<Record<RecordType, readonly string[]>> = {
  quote: Object.keys(enrichedQuoteSchema.shape),
  trade: Object.keys(enrichedTradeSchema.shape),
  correction: Object.keys(correctionSchema.shape),
  cancel: Object.keys(cancelSchema.shape),
  bar: Object.keys(enrichedBarSchema.shape),
  gap: Object.keys(gapSchema.shape),
  candle: Object.keys(candleSchema.shape),
  alert: Object.keys(indicatorFlipSchema.shape),
};

/** The fields that tell which record it is: kept whatever the columns are. A gap has no others. */
export const identityFieldsOf: Readonly<Record<RecordType, readonly string[]>> = {
  quote: ["type", "symbol", "eventTime"],
  trade: ["type", "symbol", "eventTime", "tradeId", "exchange"],
  correction: ["type", "symbol", "eventTime", "exchange", "originalTradeId", "correctedTradeId"],
  cancel: ["type", "symbol", "eventTime", "exchange", "tradeId"],
  bar: ["type", "symbol", "eventTime", "interval"],
  gap: fieldsOf.gap,
  candle: ["type", "symbol", "interval", "start", "end", "revision"],
  alert: ["type", "kind", "symbol", "eventTime"],
};

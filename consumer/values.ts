import type { z } from "zod";
import type { productBarSchema } from "../domain/products/bar.ts";
import type { cancelSchema } from "../domain/records/cancel.ts";
import type { candleSchema } from "../domain/records/candle.ts";
import type { correctionSchema } from "../domain/records/correction.ts";
import type { enrichedBarSchema } from "../domain/records/enriched-bar.ts";
import type { enrichedQuoteSchema } from "../domain/records/enriched-quote.ts";
import type { enrichedTradeSchema } from "../domain/records/enriched-trade.ts";
import type { gapSchema } from "../domain/records/gap.ts";
import type { indicatorFlipSchema } from "../domain/records/indicator-flip.ts";

/** A quote as the full feed publishes it. */
export type EnrichedQuote = z.output<typeof enrichedQuoteSchema>;

/** Every field of every kind, as the full feed publishes it. */
export interface FullValues {
  readonly quote: EnrichedQuote;
  readonly trade: z.output<typeof enrichedTradeSchema>;
  readonly correction: z.output<typeof correctionSchema>;
  readonly cancel: z.output<typeof cancelSchema>;
  readonly bar: z.output<typeof enrichedBarSchema>;
  readonly gap: z.output<typeof gapSchema>;
  readonly candle: z.output<typeof candleSchema>;
  readonly alert: z.output<typeof indicatorFlipSchema>;
}

/** The fields that a product cannot leave out: those that tell which record it is. */
interface IdentityFields {
  readonly quote: "type" | "symbol" | "eventTime";
  readonly trade: "type" | "symbol" | "eventTime" | "tradeId" | "exchange";
  readonly correction: "type" | "symbol" | "eventTime" | "exchange" | "originalTradeId" | "correctedTradeId";
  readonly cancel: "type" | "symbol" | "eventTime" | "exchange" | "tradeId";
  readonly bar: "type" | "symbol" | "eventTime" | "interval";
  readonly gap: keyof FullValues["gap"];
  readonly candle: "type" | "symbol" | "interval" | "start" | "end" | "revision";
  readonly alert: "type" | "kind" | "symbol" | "eventTime";
}

/** What can be sold with fewer columns, or as a whole. */
export type PublishedKind = keyof FullValues;

type Kept<Value, Fields extends keyof Value> = Readonly<Pick<Value, Fields> & Partial<Omit<Value, Fields>>>;

/** The columns of a kind that can be asked for, because the full feed always has them. */
export type Column<Kind extends PublishedKind> = Exclude<
  { [Key in keyof FullValues[Kind]]-?: undefined extends FullValues[Kind][Key] ? never : Key }[keyof FullValues[Kind]],
  IdentityFields[Kind]
>;

/** A value with the columns `Columns` for certain; the others may be missing, because a product can leave them out. */
export type ValueWith<Kind extends PublishedKind, Columns extends keyof FullValues[Kind]> = Kept<
  FullValues[Kind],
  Columns | Extract<IdentityFields[Kind], keyof FullValues[Kind]>
>;

/** The record of a product of the shape `bar`: a closed minute, from trades. It has no `type`. */
export type MinuteBar = Readonly<z.output<typeof productBarSchema>>;

/** A record of a kind that came after this library: whatever its publisher says. */
export type UnknownValue = Readonly<Record<string, unknown>>;

/** What each kind's value is, when no columns were asked for. */
export type Values = { readonly [Kind in PublishedKind]: ValueWith<Kind, never> } & {
  readonly minuteBar: MinuteBar;
  readonly unknown: UnknownValue;
};

/** Which record it is. `unknown`: a kind that came after this library. */
export type RecordKind = keyof Values;

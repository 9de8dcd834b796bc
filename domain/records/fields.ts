import { z } from "zod";
import { indicators } from "./indicator.ts";
import { qualityFlags } from "./quality.ts";

// What the definitions of several records say alike.

/** A moment of the market. */
export const eventTime = z.string().describe("RFC 3339 in UTC, to the nanosecond (P4)");

/** A price. */
export const dollars = z.number().nonnegative().describe("US dollars, to six decimals (P2)");

/** A number of shares, round lots or trades. */
export const count = z.number().int().nonnegative();

/** A trade's id. */
export const tradeId = z
  .union([z.number(), z.string()])
  .describe("As the exchange gave it, digit for digit: read it as text where ids go beyond 2^53");

/** The previous close in force. */
export const previousClose = dollars
  .nullable()
  .describe("Close of the session before, adjusted for splits (C2, C3, C5)");

export const previousCloseDate = z.iso.date().nullable();

export const previousCloseSource = z
  .enum(["official", "observed"])
  .nullable()
  .describe("Official, or the last mid seen of the session before (C5)");

export const percentChange = z.number().nullable().describe("Percent, to four decimals (P2)");

export const indicator = z.enum(indicators).nullable().describe("At or beyond the threshold, up or down (I1)");

export const quality = z.array(z.enum(qualityFlags)).describe("Why the record deserves less trust (Q2); empty is best");

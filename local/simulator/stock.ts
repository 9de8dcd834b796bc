import { BarBuilder } from "./bar-builder.ts";
import type { Listing } from "./listing.ts";

/** A trade that can still be corrected or cancelled. */
export interface LastTrade {
  readonly id: number;
  readonly exchange: string;
  readonly price: number;
  readonly size: number;
  readonly conditions: readonly string[];
}

/** What changes about a stock while the market runs. */
export interface Stock {
  readonly listing: Listing;
  /** Logarithm of the price without the market's and the sector's part. */
  logPrice: number;
  /** Where `logPrice` is slowly pulled to, so that days of simulation do not run away; splits move it. */
  logAnchor: number;
  /** Dollars; the last quote's mid before rounding. */
  mid: number;
  /** Cents. */
  bidCents: number;
  askCents: number;
  /** When its price last moved. */
  movedAtMs: number;
  /** Until when it is halted; 0 where it trades. */
  haltedUntilMs: number;
  nextTradeId: number;
  lastTrade: LastTrade | null;
  minute: BarBuilder;
  day: BarBuilder;
}

/** A stock at a price, in dollars. */
export function createStock(listing: Listing, price: number, atMs: number): Stock {
  return {
    listing,
    logPrice: Math.log(price),
    logAnchor: Math.log(price),
    mid: price,
    bidCents: Math.floor(price * 100),
    askCents: Math.floor(price * 100) + 1,
    movedAtMs: atMs,
    haltedUntilMs: 0,
    nextTradeId: 52_983_525_000_001,
    lastTrade: null,
    minute: new BarBuilder(),
    day: new BarBuilder(),
  };
}

/** A price rounded to whole cents, in dollars, never zero. */
export function toCents(dollars: number): number {
  return Math.max(1, Math.round(dollars * 100)) / 100;
}

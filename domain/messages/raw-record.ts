import type { PriceMicros } from "../price/price.ts";
import type { MarketSettings } from "../settings.ts";
import type { EventTime } from "../time/event-time.ts";

/** A quote as Alpaca sends it (`q`): best bid and offer. A price of 0 says that the side is missing (P3). */
export interface Quote {
  readonly kind: "quote";
  readonly symbol: string;
  /** Event time (W1), as `EventTime` has it. */
  readonly micros: number;
  readonly nanos: number;
  readonly bid: PriceMicros;
  readonly bidSize: number;
  readonly bidExchange: string;
  readonly ask: PriceMicros;
  readonly askSize: number;
  readonly askExchange: string;
  readonly conditions: readonly string[];
  readonly tape: string;
}

/** A trade as Alpaca sends it (`t`). A price of 0 says that it has none (P3). */
export interface Trade {
  readonly kind: "trade";
  readonly symbol: string;
  readonly micros: number;
  readonly nanos: number;
  /** The id as JSON text: exact above 2^53 too. */
  readonly id: string;
  readonly exchange: string;
  readonly price: PriceMicros;
  /** Shares. */
  readonly size: number;
  readonly conditions: readonly string[];
  readonly tape: string;
}

/** A trade told again with what it should have been (`c`). Its time is that of the correction, not of the trade (W7). */
export interface Correction {
  readonly kind: "correction";
  readonly symbol: string;
  readonly micros: number;
  readonly nanos: number;
  readonly exchange: string;
  readonly originalId: string;
  readonly originalPrice: PriceMicros;
  readonly originalSize: number;
  readonly correctedId: string;
  readonly correctedPrice: PriceMicros;
  readonly correctedSize: number;
  /** Those of the corrected trade. */
  readonly conditions: readonly string[];
  readonly tape: string;
}

/** A trade taken back (`x`). Its time is that of the cancel, not of the trade (W7). */
export interface Cancel {
  readonly kind: "cancel";
  readonly symbol: string;
  readonly micros: number;
  readonly nanos: number;
  readonly exchange: string;
  readonly id: string;
  readonly price: PriceMicros;
  readonly size: number;
  /** `C` cancel, `E` error, as sent. */
  readonly action: string;
  readonly tape: string;
}

/** A bar of the vendor's: a minute's (`b`), a minute's again after late trades (`u`), or a day's so far (`d`). Its time is its start. */
export interface Bar {
  readonly kind: "bar";
  readonly symbol: string;
  readonly micros: number;
  readonly nanos: number;
  readonly interval: "1m" | "1d";
  readonly updated: boolean;
  readonly open: PriceMicros;
  readonly high: PriceMicros;
  readonly low: PriceMicros;
  readonly close: PriceMicros;
  readonly volume: number;
  /** Null where the vendor does not say. */
  readonly tradeCount: number | null;
  readonly vwap: PriceMicros | null;
}

/** Whether a symbol may be traded (`s`). */
export interface Status {
  readonly kind: "status";
  readonly symbol: string;
  readonly micros: number;
  readonly nanos: number;
  /** The status as the tape words it: an open list. */
  readonly code: string;
}

/** A message of another known type: checked, and only a sign of time (W2). */
export interface OtherMessage {
  readonly kind: "other";
  readonly type: string;
  readonly symbol: string;
  readonly micros: number;
  readonly nanos: number;
}

/** What the stream sends of one symbol at one moment. */
export type MarketMessage = Quote | Trade | Correction | Cancel | Bar | Status | OtherMessage;

/** The official previous close of a symbol for one session (C4). */
export interface Reference {
  readonly kind: "reference";
  readonly symbol: string;
  readonly sessionDate: string;
  readonly previousClose: PriceMicros;
  readonly previousCloseDate: string;
}

/** A split, written with the references of its ex-date's session (C5). */
export interface Split {
  readonly kind: "split";
  readonly symbol: string;
  readonly exDate: string;
  readonly oldRate: number;
  readonly newRate: number;
}

/** The stream's time, told to every partition. */
export interface Heartbeat {
  readonly kind: "heartbeat";
  readonly micros: number;
  readonly nanos: number;
}

/** A hole in the feed: the upstream connection was lost between two moments. */
export interface Gap {
  readonly kind: "gap";
  /** Null where every symbol is concerned. */
  readonly symbol: string | null;
  readonly from: EventTime;
  readonly to: EventTime;
  readonly reason: string;
}

/** The settings in force from here on. */
export interface SettingsRecord {
  readonly kind: "settings";
  readonly settings: MarketSettings;
}

/** Everything that can stand on the raw log, parsed. */
export type RawRecord = MarketMessage | Reference | Split | Heartbeat | Gap | SettingsRecord;

/** True for what the stream sent; false for a control record. */
export function isMarketMessage(record: RawRecord): record is MarketMessage {
  switch (record.kind) {
    case "reference":
    case "split":
    case "heartbeat":
    case "gap":
    case "settings":
      return false;
    default:
      return true;
  }
}

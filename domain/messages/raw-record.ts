import type { PriceMicros } from "../price/price.ts";
import type { MarketSettings } from "../settings.ts";

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

/** A message of another known type: checked, and so far only a sign of time (W2). */
export interface OtherMessage {
  readonly kind: "other";
  readonly type: string;
  readonly symbol: string;
  readonly micros: number;
  readonly nanos: number;
}

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
  readonly symbol: string | null;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** The settings in force from here on. */
export interface SettingsRecord {
  readonly kind: "settings";
  readonly settings: MarketSettings;
}

/** Everything that can stand on the raw log, parsed. */
export type RawRecord = Quote | OtherMessage | Reference | Split | Heartbeat | Gap | SettingsRecord;

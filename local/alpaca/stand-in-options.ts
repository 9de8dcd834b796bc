import type { Log } from "../../runtime/log/log.ts";
import type { StreamErrorCode } from "./error-codes.ts";
import type { Feed } from "./feed.ts";
import type { Speed } from "./pacing.ts";

export interface StandInOptions {
  /** @default 0, a free one */
  readonly port?: number;
  readonly keyId: string;
  readonly secretKey: string;
  readonly feed: Feed;
  /** What `/v2/test` plays. @default nothing */
  readonly testFeed?: Feed;
  readonly speed: Speed;
  /** Trade and quote subscriptions of one connection together (405); Alpaca's Basic plan has 30. @default no limit */
  readonly symbolLimit?: number;
  /** Connections of one stream path (406). @default 1, as most plans have */
  readonly connectionLimit?: number;
  /** @default 10,000, as Alpaca has it */
  readonly authTimeoutMs?: number;
  /** How long a dropped socket keeps its slot; about 90,000 at Alpaca. @default 0 */
  readonly slotHoldMs?: number;
  /** Feeds that the account's plan has (409 for others). @default all */
  readonly entitledFeeds?: readonly string[];
  /** Send a client that falls behind at a paced speed away (407), as Alpaca does. @default false: the feed waits for it */
  readonly dropSlowClients?: boolean;
  /** REST requests a minute (429). @default 10,000 */
  readonly requestsPerMinuteMax?: number;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface StandInStats {
  /** Connected now. */
  readonly connections: number;
  /** Data messages sent, to all clients together. */
  readonly sent: number;
  /** True when the feed is through, and every client has read all of it. */
  readonly ended: boolean;
}

/** A running stand-in for Alpaca: streams and REST on one loopback port. */
export interface StandIn {
  readonly port: number;
  /** The stream that plays the feed, `ws://127.0.0.1:PORT/v2/NAME`. */
  readonly streamUrl: string;
  /** Base URL of REST market data; the trading endpoints answer on the same one. */
  readonly dataUrl: string;
  readonly tradingUrl: string;
  streamUrlOf(feedName: string): string;
  stats(): StandInStats;
  /** Settles when the feed is through or the stand-in is closed; rejects with a PipelineError where the feed cannot be read on. */
  readonly finished: Promise<void>;
  /** Troubles to try a client with. */
  readonly faults: {
    /** Cuts every socket, as a broken network does. */
    dropConnections(): void;
    /** Sends nothing more on the sockets of now, which stay open and answer pings. */
    mute(): void;
    /** Tells every client an error, and closes. */
    error(code: StreamErrorCode): void;
  };
  close(): Promise<void>;
}

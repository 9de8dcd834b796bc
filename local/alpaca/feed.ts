import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { Channel } from "../../domain/messages/channels.ts";
import { parseEventTime } from "../../domain/time/event-time.ts";
import type { CorporateAction, DailyBar } from "../recording/documents.ts";
import { channelOf } from "./channels.ts";
import { parseExact } from "./parse-exact.ts";

/** One message of a feed, with what the stand-in needs to route and pace it. */
export interface FeedMessage {
  /** The message parsed (integers above 2^53 as bigint); the line itself, a string, where it is not JSON. */
  readonly value: unknown;
  /** The JSON text as recorded; null where it is to be made from the value. */
  readonly text: string | null;
  /** Null where the type is not one of Alpaca's: then all who subscribed to the symbol get it. */
  readonly channel: Channel | null;
  /** Null where the message names no symbol: then everyone with a subscription gets it. */
  readonly symbol: string | null;
  /** Milliseconds since the epoch; null where the message has no readable time. */
  readonly eventTimeMs: number | null;
}

/** What the REST endpoints answer from. Methods, because a simulator's days go on while it runs. */
export interface ReferenceDocuments {
  /** Unadjusted daily bars by symbol, oldest first; `c` is the official close. */
  dailyBars(): Readonly<Record<string, readonly DailyBar[]>>;
  /** By Alpaca's kind, such as `forward_splits`. */
  corporateActions(): Readonly<Record<string, readonly CorporateAction[]>>;
  readonly calendar: TradingCalendar;
  /** Alpaca's letter of the exchange where the symbol is listed, such as `N`. */
  listingExchange(symbol: string): string;
}

/** Where the stand-in's messages and REST documents come from: a recording or the simulator. */
export interface Feed {
  /** Alpaca's name of the feed, such as `sip`: the last part of the stream's path. */
  readonly name: string;
  readonly symbols: readonly string[];
  readonly documents: ReferenceDocuments;
  /**
   * The messages in order, in batches of some hundreds; made as they are asked for, so a slow reader holds them back.
   * A simulator's never end.
   */
  messages(): AsyncIterable<readonly FeedMessage[]>;
}

/** A line of a recording as a message; never throws: what is not JSON is carried as a string. */
export function messageOfLine(line: string): FeedMessage {
  let value: unknown;
  try {
    value = parseExact(line);
  } catch {
    return { value: line, text: null, channel: null, symbol: null, eventTimeMs: null };
  }
  return messageOfValue(value, line);
}

/** A parsed message; `text` where the JSON that it came from must be kept to the byte. */
export function messageOfValue(value: unknown, text: string | null): FeedMessage {
  if (typeof value !== "object" || value === null) {
    return { value, text, channel: null, symbol: null, eventTimeMs: null };
  }
  const { T, S, t } = value as { T?: unknown; S?: unknown; t?: unknown };
  const time = typeof t === "string" ? parseEventTime(t) : null;
  return {
    value,
    text,
    channel: channelOf(T),
    symbol: typeof S === "string" ? S : null,
    eventTimeMs: time === null ? null : time.micros / 1000,
  };
}

/** The message's JSON text. A bigint, which JSON.stringify refuses, comes only from a line, whose text is kept. */
export function textOfMessage(message: FeedMessage): string {
  return message.text ?? JSON.stringify(message.value);
}

import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import { type Feed, type FeedMessage, messageOfValue } from "../alpaca/feed.ts";
import { defaultSymbols, listingOf } from "./listing.ts";
import { Market, tickMs } from "./market.ts";

export interface SimulatorOptions {
  readonly seed: number;
  /** `*` stands for the default too. @default 20 well-known stocks */
  readonly symbols?: readonly string[] | undefined;
  readonly calendar: TradingCalendar;
  /** Where the market's clock starts, in milliseconds since the epoch: now at speed 1, a session's morning to play it faster. */
  readonly startMs: number;
  /** Of all symbols together, on average in quiet regular hours. @default 20 for each symbol */
  readonly messagesPerSecond?: number;
  /**
   * The wall clock, for a market that runs at speed 1 beside it: after time that was not played (a laptop asleep, nobody connected) it goes on
   * from now, as the real one would. Without it nothing is ever skipped.
   */
  readonly followClock?: () => number;
}

const messagesPerSecondAndSymbol = 20;
const batchMessagesMin = 200;
const batchTicksMax = 5;
const behindMsMax = 5000;

/** The simulated market as a feed, named `sip`. It never ends. */
export function simulatorFeed(options: SimulatorOptions): Feed {
  const asked = options.symbols ?? ["*"];
  const symbols = [...new Set(asked.flatMap((symbol) => (symbol === "*" ? defaultSymbols : [symbol])))];
  const { seed, calendar, startMs } = options;
  const messagesPerSecond = options.messagesPerSecond ?? messagesPerSecondAndSymbol * symbols.length;
  const market = new Market({ seed, symbols, calendar, startMs, messagesPerSecond });
  return {
    name: "sip",
    symbols,
    documents: {
      dailyBars: () => market.dailyBars(),
      corporateActions: () => market.corporateActions(),
      calendar,
      listingExchange: (symbol) => listingOf(symbol).exchange,
    },
    messages: () => play(market, options.followClock ?? null),
  };
}

async function* play(market: Market, followClock: (() => number) | null): AsyncGenerator<readonly FeedMessage[]> {
  for (;;) {
    const wallMs = followClock?.() ?? 0;
    if (wallMs - market.nowMs > behindMsMax) market.skipTo(wallMs - tickMs);
    const messages: FeedMessage[] = [];
    for (let tick = 0; tick < batchTicksMax && messages.length < batchMessagesMin; tick += 1) {
      for (const message of market.advance()) messages.push(messageOfValue(message, null));
    }
    if (messages.length > 0) yield messages;
  }
}

/** Where an accelerated simulation starts: a minute before the open of the last session that is over. Milliseconds since the epoch. */
export function lastSessionMorningMs(calendar: TradingCalendar, nowMs: number): number {
  const over = calendar.sessions.findLast((session) => session.closeSeconds * 1000 <= nowMs) ?? calendar.sessions[1];
  return ((over?.openSeconds ?? 0) - 60) * 1000;
}

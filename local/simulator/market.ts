import type { Session, TradingCalendar } from "../../domain/calendar/calendar.ts";
import { PipelineError } from "../../domain/errors.ts";
import { formatEventTime } from "../../domain/time/event-time.ts";
import type { CorporateAction, DailyBar } from "../recording/documents.ts";
import { DailyHistory } from "./daily-history.ts";
import { makeHalt, makeResume } from "./halts.ts";
import { type Listing, listingOf } from "./listing.ts";
import { type Liveliness, MarketMood } from "./market-mood.ts";
import { MinuteClock } from "./minute-clock.ts";
import { PriceProcess } from "./price-process.ts";
import { makeQuote } from "./quotes.ts";
import { Random } from "./random.ts";
import { SessionChange } from "./session-change.ts";
import { SessionCycle, type Turn } from "./session-cycle.ts";
import type { Stock } from "./stock.ts";
import { toCents } from "./stock.ts";
import { makeAuction, makeCorrection, makeTrade } from "./trades.ts";

export interface MarketOptions {
  /** The same seed, symbols, start and rate give the same messages. */
  readonly seed: number;
  readonly symbols: readonly string[];
  readonly calendar: TradingCalendar;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  /** Of all symbols together, on average in quiet regular hours. */
  readonly messagesPerSecond: number;
}

/** A message in Alpaca's short names. */
export type MarketMessage = Record<string, unknown>;

/** The market moves in steps of this length. */
export const tickMs = 100;

const quoteShare = 0.82;
const correctionShare = 0.0005;
const haltEveryMs = 600_000;

/**
 * A seeded market: a fold over ticks with no clock and no I/O. Each `advance` gives the messages of the next tick in order of their event times;
 * what it keeps is bounded by the number of symbols.
 */
export class Market {
  readonly #random: Random;
  readonly #stocks: readonly Stock[];
  /** Each stock as often as its weight, to draw from. */
  readonly #draw: readonly Stock[];
  readonly #halted = new Set<Stock>();
  readonly #prices: PriceProcess;
  readonly #mood: MarketMood;
  readonly #cycle: SessionCycle;
  readonly #change: SessionChange;
  readonly #minutes: MinuteClock;
  readonly #messagesPerSecond: number;
  #nowMs: number;

  /** @throws PipelineError `unknownCalendar` where the calendar does not hold the start */
  constructor(options: MarketOptions) {
    this.#nowMs = Math.floor(options.startMs / tickMs) * tickMs;
    const session = sessionOf(options.calendar, this.#nowMs);
    const listings: readonly Listing[] = [...new Set(options.symbols)].map(listingOf);
    this.#random = new Random(options.seed, 1);
    this.#prices = new PriceProcess(new Random(options.seed, 2));
    this.#mood = new MarketMood(new Random(options.seed, 3));
    this.#cycle = new SessionCycle(options.calendar, session, this.#nowMs);
    this.#change = new SessionChange({
      listings,
      calendar: options.calendar,
      start: session,
      prices: this.#prices,
      history: new DailyHistory(),
    });
    this.#stocks = this.#change.startStocks(this.#nowMs, new Random(options.seed, 4));
    this.#draw = this.#stocks.flatMap((stock) => Array.from({ length: stock.listing.weight }, () => stock));
    this.#minutes = new MinuteClock(this.#nowMs);
    this.#messagesPerSecond = options.messagesPerSecond;
  }

  /** Where the market's clock stands; all messages so far are older. Milliseconds since the epoch. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The messages of the next tick. */
  advance(): MarketMessage[] {
    const messages: MarketMessage[] = [];
    this.#reach(messages);
    const mood = this.#mood.at(this.#nowMs, this.#cycle, tickMs);
    this.#prices.moveFactors(tickMs, mood.pace);
    this.#maybeHalt(mood, messages);
    const count = this.#random.count((this.#messagesPerSecond * mood.rate * tickMs) / 1000);
    for (let index = 0; index < count; index += 1) {
      const offset = Math.floor(((index + this.#random.uniform()) / count) * tickMs * 1e6);
      this.#trade(mood, offset, messages);
    }
    this.#nowMs += tickMs;
    return messages;
  }

  /** Lets time pass with no message: sessions close and begin, prices stay about where they are. Never goes back. */
  skipTo(ms: number): void {
    const to = Math.floor(ms / tickMs) * tickMs;
    if (to <= this.#nowMs) return;
    this.#nowMs = to;
    this.#reach([]);
  }

  dailyBars(): Record<string, readonly DailyBar[]> {
    return this.#change.history.bySymbol();
  }

  corporateActions(): Record<string, CorporateAction[]> {
    return this.#change.corporateActions(this.#cycle.session);
  }

  /** What stands at the beginning of a tick: turns of the day, ends of halts, ends of minutes. */
  #reach(messages: MarketMessage[]): void {
    const t = timeText(this.#nowMs, 0);
    for (let turn = this.#cycle.take(this.#nowMs); turn !== null; turn = this.#cycle.take(this.#nowMs)) {
      this.#turn(turn, t, messages);
    }
    for (const stock of this.#halted) {
      if (stock.haltedUntilMs <= this.#nowMs) this.#resume(stock, t, messages);
    }
    this.#minutes.reach(this.#nowMs, this.#cycle, this.#stocks, t, messages);
  }

  #turn(turn: Turn, t: string, messages: MarketMessage[]): void {
    if (turn.kind === "roll") {
      this.#change.roll(turn.session, this.#stocks);
      return;
    }
    for (const stock of [...this.#halted]) this.#resume(stock, t, messages);
    for (const stock of this.#stocks) {
      messages.push(...makeAuction(stock, turn.kind, toCents(stock.mid), this.#random, t));
      if (turn.kind === "close") this.#change.close(turn.session, stock);
    }
  }

  #resume(stock: Stock, t: string, messages: MarketMessage[]): void {
    this.#halted.delete(stock);
    messages.push(makeResume(stock, t));
  }

  #maybeHalt(mood: Liveliness, messages: MarketMessage[]): void {
    if (this.#random.uniform() >= (tickMs / haltEveryMs) * mood.pace) return;
    const stock = this.#stocks[this.#random.below(this.#stocks.length)];
    if (stock === undefined || this.#halted.has(stock)) return;
    this.#halted.add(stock);
    messages.push(makeHalt(stock, this.#random, this.#nowMs, timeText(this.#nowMs, 0)));
  }

  #trade(mood: Liveliness, offsetNanos: number, messages: MarketMessage[]): void {
    const stock = this.#draw[this.#random.below(this.#draw.length)];
    if (stock === undefined || this.#halted.has(stock)) return;
    this.#prices.moveStock(stock, this.#nowMs + offsetNanos / 1e6, mood.pace);
    const t = timeText(this.#nowMs, offsetNanos);
    const kind = this.#random.uniform();
    if (kind < quoteShare) messages.push(makeQuote(stock, mood, this.#random, t));
    else if (kind < 1 - correctionShare) messages.push(makeTrade(stock, mood, this.#random, t));
    else {
      const correction = makeCorrection(stock, this.#random, t);
      if (correction !== null) messages.push(correction);
    }
  }
}

function timeText(ms: number, offsetNanos: number): string {
  const nanos = offsetNanos % 1000;
  return formatEventTime({ micros: ms * 1000 + (offsetNanos - nanos) / 1000, nanos });
}

function sessionOf(calendar: TradingCalendar, nowMs: number): Session {
  const session = calendar.sessionAt(nowMs / 1000);
  if (session === null) {
    throw new PipelineError(
      "unknownCalendar",
      `The calendar ${calendar.version} does not hold ${new Date(nowMs).toISOString()}.`,
      {
        remedy: "Start the simulation at a time that it holds.",
      },
    );
  }
  return session;
}

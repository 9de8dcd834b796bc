import type { Session, TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { CorporateAction } from "../recording/documents.ts";
import { BarBuilder } from "./bar-builder.ts";
import type { DailyHistory } from "./daily-history.ts";
import type { Listing } from "./listing.ts";
import type { PriceProcess } from "./price-process.ts";
import type { Random } from "./random.ts";
import { announcedSessions, corporateActionsOf, splitOf, splitsBetween } from "./splits.ts";
import { createStock, type Stock, toCents } from "./stock.ts";

export interface SessionChangeOptions {
  readonly listings: readonly Listing[];
  readonly calendar: TradingCalendar;
  /** The session in which the simulation starts. */
  readonly start: Session;
  readonly prices: PriceProcess;
  readonly history: DailyHistory;
}

/** Sessions of corporate actions that are told, like the daily bars. */
const sessionsKept = 40;

/**
 * How far from its previous close a stock begins a session. Dealt out in turn, so that every indicator occurs within the first seconds,
 * and that some stocks stand so near to the threshold of 5 percent that they soon cross it.
 */
const gaps = [0.062, -0.058, 0.004, 0.0497, -0.0496, -0.012, 0.055, 0.021, -0.08, -0.003];

/** What happens between sessions: closes are kept, splits take place, and prices open away from the close. */
export class SessionChange {
  readonly history: DailyHistory;
  readonly #options: SessionChangeOptions;

  constructor(options: SessionChangeOptions) {
    this.#options = options;
    this.history = options.history;
  }

  /** The stocks at the start, with a history before it. */
  startStocks(nowMs: number, random: Random): Stock[] {
    const { listings, calendar, start, prices } = this.#options;
    const splits = splitsBetween(calendar, start.index - sessionsKept, start.index, start, listings);
    return listings.map((listing, index) => {
      const previousClose = toCents(listing.price);
      this.history.makeUp(listing.symbol, start, previousClose, calendar, splits, random);
      const stock = createStock(listing, previousClose, nowMs);
      prices.setPrice(stock, previousClose * (1 + gapOf(index, 0)));
      if (nowMs >= start.closeSeconds * 1000) {
        // The session that the simulation starts in is over: its close must be known to the next one.
        stock.day.add(previousClose, 100);
        stock.day.add(toCents(stock.mid), 1_000_000);
        this.close(start, stock);
      }
      return stock;
    });
  }

  /** Keeps the day's bar, whose close is the closing auction's price. */
  close(session: Session, stock: Stock): void {
    this.history.add(stock.listing.symbol, session, stock.day.figures());
    stock.day = new BarBuilder();
  }

  /** Begins a session. */
  roll(session: Session, stocks: readonly Stock[]): void {
    const { listings, start, prices } = this.#options;
    const split = splitOf(session, start, listings);
    stocks.forEach((stock, index) => {
      let close = stock.mid;
      if (split !== null && split.symbol === stock.listing.symbol) {
        const shares = split.newRate / split.oldRate;
        close /= shares;
        stock.logAnchor -= Math.log(shares);
      }
      prices.setPrice(stock, close * (1 + gapOf(index, session.index - start.index)));
      stock.lastTrade = null;
      stock.day = new BarBuilder();
    });
  }

  /** Splits of the last sessions, and those announced, as seen in a session. */
  corporateActions(now: Session): Record<string, CorporateAction[]> {
    const { calendar, start, listings } = this.#options;
    const splits = splitsBetween(calendar, now.index - sessionsKept, now.index + announcedSessions, start, listings);
    return corporateActionsOf(splits);
  }
}

function gapOf(stock: number, sessions: number): number {
  return gaps[(stock + 3 * sessions) % gaps.length] ?? 0;
}

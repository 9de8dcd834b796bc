import { BarBuilder } from "./bar-builder.ts";
import { barTime } from "./daily-history.ts";
import { makeBand } from "./halts.ts";
import type { SessionCycle } from "./session-cycle.ts";
import type { Stock } from "./stock.ts";

const minuteMs = 60_000;

/** Ends each minute: its bars, the day's bars so far, and in regular hours the price bands. */
export class MinuteClock {
  #minuteMs: number;

  constructor(nowMs: number) {
    this.#minuteMs = Math.floor(nowMs / minuteMs) * minuteMs;
  }

  /** Adds what a new minute brings, once it is reached. */
  reach(nowMs: number, cycle: SessionCycle, stocks: readonly Stock[], t: string, messages: object[]): void {
    const minute = Math.floor(nowMs / minuteMs) * minuteMs;
    if (minute === this.#minuteMs) return;
    const ended = new Date(this.#minuteMs).toISOString().replace(".000", "");
    this.#minuteMs = minute;
    for (const stock of stocks) {
      const S = stock.listing.symbol;
      if (!stock.minute.isEmpty) {
        messages.push({ T: "b", S, ...stock.minute.figures(), t: ended });
        stock.minute = new BarBuilder();
        if (cycle.isRegularHours && !stock.day.isEmpty) {
          messages.push({ T: "d", S, ...stock.day.figures(), t: barTime(cycle.session.date) });
        }
      }
      if (cycle.isRegularHours) messages.push(makeBand(stock, t));
    }
  }
}

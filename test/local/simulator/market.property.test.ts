import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { decodeMessage } from "../../../domain/messages/decode.ts";
import { Market, type MarketMessage, type MarketOptions } from "../../../local/simulator/market.ts";

const anyStart = fc.integer({ min: Date.parse("2011-01-03T00:00:00Z"), max: Date.parse("2027-06-01T00:00:00Z") });
const anySymbols = fc.uniqueArray(fc.stringMatching(/^[A-Z]{1,5}$/), { minLength: 1, maxLength: 8 });
const anyMarket = fc.record({ seed: fc.integer({ min: 0, max: 2 ** 48 }), startMs: anyStart, symbols: anySymbols });

function run(options: Omit<MarketOptions, "calendar" | "messagesPerSecond">, ticks: number): MarketMessage[] {
  const market = new Market({ ...options, calendar: nyse, messagesPerSecond: 300 });
  return Array.from({ length: ticks }, () => market.advance()).flat();
}

describe("the simulated market", () => {
  it("gives the same bytes for the same seed, and others for another", () => {
    fc.assert(
      fc.property(anyMarket, (options) => {
        const bytes = JSON.stringify(run(options, 50));
        expect(JSON.stringify(run(options, 50))).toBe(bytes);
        expect(JSON.stringify(run({ ...options, seed: options.seed + 1 }, 50))).not.toBe(bytes);
      }),
      { numRuns: 30 },
    );
  });

  it("gives only messages that the raw log's decoder accepts, in order of time, whenever it starts", () => {
    fc.assert(
      fc.property(anyMarket, (options) => {
        let newest = 0;
        for (const message of run(options, 100)) {
          const record = decodeMessage(message);
          expect(typeof record === "string" ? [record, message] : null).toBeNull();
          if (typeof record === "string" || !("micros" in record)) continue;
          // Bars bear the start of their minute or day.
          if (message["T"] === "b" || message["T"] === "d") continue;
          expect(record.micros).toBeGreaterThanOrEqual(newest);
          newest = record.micros;
        }
      }),
      { numRuns: 30 },
    );
  });

  it("has every previous close that a moment needs, whenever it starts and however long it runs", () => {
    const anyWalk = fc.tuple(anyMarket, fc.array(fc.integer({ min: 1, max: 5 * 86_400_000 }), { maxLength: 5 }));
    fc.assert(
      fc.property(anyWalk, ([options, skips]) => {
        const market = new Market({ ...options, calendar: nyse, messagesPerSecond: 10 });
        for (const skip of [0, ...skips]) {
          market.skipTo(market.nowMs + skip);
          market.advance();
          const session = nyse.sessionAt(market.nowMs / 1000);
          const before = session === null ? null : nyse.before(session);
          for (const symbol of options.symbols) {
            const dates = (market.dailyBars()[symbol] ?? []).map((bar) => bar.t.slice(0, 10));
            expect(dates).toContain(before?.date);
            expect(dates).toEqual([...new Set(dates)].sort());
            expect(dates.length).toBeLessThanOrEqual(41);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

import { describe, expect, it } from "vitest";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { defaultSymbols } from "../../../local/simulator/listing.ts";
import { Market, type MarketMessage } from "../../../local/simulator/market.ts";

interface SimulatedQuote {
  readonly S: string;
  readonly bp: number;
  readonly ap: number;
  readonly t: string;
}

function marketAt(start: string, messagesPerSecond = 400): Market {
  return new Market({
    seed: 11,
    symbols: defaultSymbols,
    calendar: nyse,
    startMs: Date.parse(start),
    messagesPerSecond,
  });
}

function runUntil(market: Market, end: string): MarketMessage[] {
  const messages: MarketMessage[] = [];
  while (market.nowMs < Date.parse(end)) messages.push(...market.advance());
  return messages;
}

const of = (messages: readonly MarketMessage[], type: string) => messages.filter(({ T }) => T === type);
const quotesOf = (messages: readonly MarketMessage[]) => of(messages, "q") as unknown as SimulatedQuote[];
const isOrdinary = ({ bp, ap }: SimulatedQuote) => bp > 0 && ap > bp && ap - bp < bp * 0.05;

describe("the simulated market", () => {
  it.each(["2024-12-03T15:00:00Z", "2024-12-08T03:00:00Z"])(
    "I1: has Bullish, Bearish and Neutral stocks within the first seconds, at %s",
    (start) => {
      const market = marketAt(start);
      const closes = market.dailyBars();
      const signs = new Set<number>();
      for (const quote of quotesOf(runUntil(market, new Date(Date.parse(start) + 5000).toISOString()))) {
        const close = closes[quote.S]?.at(-1)?.c ?? 0;
        const change = ((quote.bp + quote.ap) / 2 - close) / close;
        if (isOrdinary(quote)) signs.add(Math.abs(change) < 0.05 ? 0 : Math.sign(change));
      }
      expect([...signs].sort()).toEqual([-1, 0, 1]);
    },
  );

  it("has quotes that are nearly all ordinary, and a few of every odd kind", () => {
    const quotes = quotesOf(runUntil(marketAt("2024-12-03T15:00:00Z", 4000), "2024-12-03T15:01:00Z"));
    const ordinary = quotes.filter(isOrdinary).length;
    expect(quotes.length).toBeGreaterThan(100_000);
    expect(ordinary / quotes.length).toBeGreaterThan(0.97);
    expect(ordinary / quotes.length).toBeLessThan(1);
    const kinds = {
      oneSided: quotes.some(({ bp, ap }) => (bp === 0) !== (ap === 0)),
      crossed: quotes.some(({ bp, ap }) => ap > 0 && bp > ap),
      locked: quotes.some(({ bp, ap }) => bp === ap),
      wide: quotes.some(({ bp, ap }) => bp > 0 && ap > bp * 1.1),
      nonFirm: quotes.some((quote) => !(quote as unknown as { c: string[] }).c.includes("R")),
    };
    expect(Object.values(kinds)).not.toContain(false);
  });

  it("moves stocks together: the market's factor shows in the average of all pairs", () => {
    const market = marketAt("2024-12-03T15:00:00Z", 200);
    const mids = new Map<string, number>();
    const returns: Map<string, number>[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      const before = new Map(mids);
      const end = new Date(market.nowMs + 60_000).toISOString();
      for (const quote of quotesOf(runUntil(market, end)).filter(isOrdinary)) mids.set(quote.S, quote.bp + quote.ap);
      const change = (symbol: string) => Math.log((mids.get(symbol) ?? 1) / (before.get(symbol) ?? 1));
      if (minute > 0) returns.push(new Map(defaultSymbols.map((symbol) => [symbol, change(symbol)])));
    }
    const standard = defaultSymbols.map((symbol) => standardised(returns.map((row) => row.get(symbol) ?? 0)));
    let sum = 0;
    let pairs = 0;
    standard.forEach((a, i) => {
      for (const b of standard.slice(i + 1)) {
        sum += a.reduce((total, value, at) => total + value * (b[at] ?? 0), 0) / a.length;
        pairs += 1;
      }
    });
    expect(sum / pairs).toBeGreaterThan(0.1);
    expect(sum / pairs).toBeLessThan(0.7);
  });

  it("opens and closes with auctions, whose closing price is the day's official close", () => {
    const market = marketAt("2024-12-03T14:29:50Z", 50);
    const messages = runUntil(market, "2024-12-03T14:30:10Z");
    market.skipTo(Date.parse("2024-12-03T20:59:50Z"));
    messages.push(...runUntil(market, "2024-12-03T21:00:10Z"));
    const prints = (condition: string) =>
      of(messages, "t").filter(({ c }) => (c as string[]).includes(condition)) as { S: string; p: number; t: string }[];
    for (const condition of ["O", "Q", "6", "M"]) expect(prints(condition)).toHaveLength(defaultSymbols.length);
    expect(new Set(prints("M").map(({ t }) => t))).toEqual(new Set(["2024-12-03T21:00:00Z"]));
    for (const { S, p } of prints("M")) {
      expect(market.dailyBars()[S]?.at(-1)).toMatchObject({ t: "2024-12-03T05:00:00Z", c: p });
    }
  });

  it("closes early on a half day", () => {
    const market = marketAt("2024-11-29T17:59:59Z", 50);
    const official = of(runUntil(market, "2024-11-29T18:00:01Z"), "t").filter(({ c }) => (c as string[]).includes("M"));
    expect(official).toHaveLength(defaultSymbols.length);
  });

  it("halts stocks, which then neither quote nor trade until they resume", () => {
    const messages = runUntil(marketAt("2024-12-03T15:00:00Z", 30), "2024-12-03T17:00:00Z");
    const halted = new Set<unknown>();
    let halts = 0;
    let resumes = 0;
    let traded = 0;
    for (const { T, S, sc } of messages) {
      if (T === "s" && (sc === "2" || sc === "H" || sc === "P")) {
        halted.add(S);
        halts += 1;
      } else if (T === "s") {
        expect(halted.delete(S)).toBe(true);
        resumes += 1;
      } else if (T === "q" || T === "t") {
        traded += halted.has(S) ? 1 : 0;
      }
    }
    expect(traded).toBe(0);
    expect(halts).toBeGreaterThan(3);
    expect(halts - resumes).toBe(halted.size);
  });

  it("C3: splits a stock in the session after the start, announced before, with its price in the new shares", () => {
    const market = marketAt("2024-12-03T20:00:00Z", 200);
    const splits = market.corporateActions()["forward_splits"]?.filter(({ ex_date }) => ex_date === "2024-12-04") ?? [];
    expect(splits).toHaveLength(1);
    const symbol = splits[0]?.symbol ?? "";
    market.skipTo(Date.parse("2024-12-04T15:00:00Z"));
    const close = market.dailyBars()[symbol]?.at(-1)?.c ?? 0;
    const messages = runUntil(market, "2024-12-04T15:00:10Z");
    const quote = quotesOf(messages).find((candidate) => candidate.S === symbol && isOrdinary(candidate));
    expect(Math.abs((quote?.bp ?? 0) / (close / 2) - 1)).toBeLessThan(0.12);
  });

  it("corrects and cancels trades that it has made, once", () => {
    const messages = runUntil(marketAt("2024-12-03T15:00:00Z", 2000), "2024-12-03T15:02:00Z");
    const open = new Map<string, unknown>();
    let changes = 0;
    for (const { T, S, i, oi, x } of messages) {
      if (T === "t") open.set(`${S} ${x} ${i}`, T);
      if (T !== "c" && T !== "x") continue;
      expect(open.delete(`${S} ${x} ${T === "c" ? oi : i}`)).toBe(true);
      changes += 1;
    }
    expect(changes).toBeGreaterThan(10);
  });

  it("comes in bursts", () => {
    const market = marketAt("2024-12-03T15:10:00Z", 200);
    const perSecond = Array.from({ length: 300 }, () => {
      let count = 0;
      for (let tick = 0; tick < 10; tick += 1) count += market.advance().length;
      return count;
    }).sort((a, b) => a - b);
    const median = perSecond[150] ?? 0;
    expect(median).toBeGreaterThan(100);
    expect(perSecond.at(-1)).toBeGreaterThan(2.5 * median);
  });

  it("stays within bounds through two months of sessions", () => {
    const market = marketAt("2024-01-02T15:00:00Z", 20);
    for (let day = 0; day < 60; day += 1) {
      market.skipTo(market.nowMs + 86_400_000);
      const { length } = runUntil(market, new Date(market.nowMs + 2000).toISOString());
      expect(length).toBeLessThan(2000);
    }
    for (const bars of Object.values(market.dailyBars())) {
      expect(bars.length).toBeLessThanOrEqual(40);
      for (const { c } of bars) expect(c > 1 && c < 10_000).toBe(true);
    }
  });

  it("refuses a start that the calendar does not hold", () => {
    expect(() => marketAt("1999-01-01T00:00:00Z")).toThrow("does not hold 1999-01-01");
  });
});

function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (value - mean) / deviation);
}

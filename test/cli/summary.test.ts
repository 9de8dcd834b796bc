import { expect, it } from "vitest";
import { summarize, summaryText } from "../../cli/up/summary.ts";

const report = (stage: string, counts: Record<string, number>, moments: Record<string, number> = {}) =>
  [
    stage,
    { stage, state: "running" as const, metrics: { counts, gauges: {}, moments }, positions: [], prices: [] },
  ] as const;

it("the summary counts by stage, dead letters of all stages together, and 0 for a stage that never reported", () => {
  const reports = new Map([
    report("producer", { messages: 12, quotes: 8, trades: 4 }, { firstReceivedMicros: 1_000_000 }),
    report(
      "enricher",
      { enriched: 8, candles: 2, deadLettered: 1, bullish: 5, bearish: 1, neutral: 1, withoutIndicator: 1 },
      { publishedMicros: 3_000_000 },
    ),
    report("distributor", { records: 5, deadLettered: 1 }),
    report("indexer", { quotes: 8, candles: 2, deadLettered: 2 }),
  ]);
  expect(summarize(reports, 3.14)).toEqual({
    produced: { messages: 12, quotes: 8, trades: 4 },
    enriched: { quotes: 8, candles: 2 },
    distributed: { records: 5, notAwaited: [] },
    indexed: { quotes: 8, candles: 2 },
    consumed: { quotes: 0 },
    deadLettered: 4,
    indicators: { Bullish: 5, Bearish: 1, Neutral: 1, none: 1 },
    quotesPerSecond: 4,
    seconds: 3.1,
  });
});

it("products that were not waited for are named, to programs and to people", () => {
  const summary = summarize(new Map([report("distributor", { records: 5 })]), 1, ["delayed-tech"]);
  expect(summary.distributed).toEqual({ records: 5, notAwaited: ["delayed-tech"] });
  expect(JSON.stringify(summary)).not.toContain("\n");
  expect(summaryText(summary)).toContain("products with a delay were not waited for: delayed-tech\n");
  expect(summaryText(summarize(new Map(), 1))).not.toContain("delay");
});

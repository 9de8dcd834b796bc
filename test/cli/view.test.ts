import { expect, it } from "vitest";
import { frame, plainLine, type ViewState } from "../../cli/up/view.ts";

const state: ViewState = {
  feed: "simulate",
  elapsedSeconds: 3725,
  reports: new Map([
    [
      "enricher",
      {
        stage: "enricher",
        state: "running",
        metrics: { counts: { enriched: 1200 }, gauges: { "lag.0": 3, "lag.1": 4 }, moments: {} },
        positions: [],
        prices: [],
      },
    ],
    [
      "consumer",
      {
        stage: "consumer",
        state: "running",
        metrics: { counts: { records: 1100 }, gauges: {}, moments: {} },
        positions: [],
        prices: [
          { symbol: "MSFT", midPrice: 401.5, percentChange: -5.25, indicator: "Bearish" },
          { symbol: "AAPL", midPrice: 230.1, percentChange: 5.01, indicator: "Bullish" },
        ],
      },
    ],
  ]),
  ratePerSecond: new Map([["enricher", 600]]),
  queryUrl: "http://127.0.0.1:9200/market-quotes-*/_search",
  nowMicros: 0,
};

it("a plain line has every stage's count and rate, and the lag over all partitions", () => {
  expect(plainLine(state)).toContain("enricher 1200 quotes (600/s)");
  expect(plainLine(state)).toContain("lag 7");
});

it("what is left out has no line", () => {
  expect(plainLine(state)).not.toContain("indexer");
  const text = frame({ ...state, queryUrl: null }, 80, 40).join("\n");
  expect(text).not.toContain("indexer");
  expect(text).not.toContain("browse");
});

it("the distributor has a line where it runs, and none elsewhere", () => {
  const report = {
    stage: "distributor",
    state: "running" as const,
    metrics: { counts: { records: 70 }, gauges: {}, moments: {} },
    positions: [],
    prices: [],
  };
  expect(plainLine(state)).not.toContain("distributor");
  const reports = new Map([...state.reports, ["distributor", report]]);
  expect(plainLine({ ...state, reports })).toContain("distributor 70 records");
  expect(frame({ ...state, reports }, 80, 40).join("\n")).toContain("distributor");
});

it("a frame shows prices by symbol with their indicator, and is cut to the terminal", () => {
  const lines = frame(state, 60, 40);
  const aapl = lines.findIndex((line) => line.includes("AAPL"));
  expect(lines[aapl]).toMatch(/230\.10 +\+5\.01% .*Bullish/);
  expect(lines[aapl + 1]).toMatch(/MSFT.*-5\.25%.*Bearish/);
  expect(lines.join("\n")).toContain("up 01:02:05");
});

it("a frame never has more lines than the terminal", () => {
  expect(frame(state, 60, 14).length).toBeLessThanOrEqual(14);
});

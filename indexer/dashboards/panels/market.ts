import type { Metric } from "../aggregation.ts";
import type { Controls } from "../controls.ts";
import type { Dashboard } from "../dashboard.ts";
import type { Visualization } from "../visualization.ts";
import { bySymbol, byValue, oneMinute, overTime } from "./grouping.ts";

const quotes = { type: "count", label: "Quotes" } as const;

const quotesByIndicator: Visualization = {
  name: "quotes-by-indicator",
  title: "Quotes by indicator",
  description:
    "How many usable quotes were Bullish, Bearish and Neutral (I1); without a tag: unusable, or no previous close.",
  kind: "quote",
  chart: { type: "numbers" },
  metrics: [quotes],
  groupings: [byValue("indicator", "Indicator", "no tag")],
};

const indicatorCounts: Visualization = {
  name: "indicator-counts",
  title: "Indicators over time",
  description: "Quotes by their indicator.",
  kind: "quote",
  chart: { type: "bars", axis: "Quotes" },
  metrics: [quotes],
  groupings: [byValue("indicator", "Indicator"), overTime("quote")],
};

const heatMap: Visualization = {
  name: "percent-change-heat-map",
  title: "Percent change by symbol",
  description:
    "Mean change of the one-minute candles against the previous close, in percent; the fifty symbols that rose most.",
  kind: "candle",
  filters: oneMinute,
  chart: { type: "heatMap", ranges: [-100, -5, -2, -0.5, 0.5, 2, 5, 1000] },
  metrics: [{ type: "avg", field: "percentChange", label: "Change, %" }],
  groupings: [bySymbol(50), overTime("candle")],
};

/** Orders by the extreme in the time shown, since an order by the newest value cannot be asked for; the newest stands beside it. */
function movers(name: string, title: string, extreme: "max" | "min"): Visualization {
  const field = "percentChange";
  const metrics: readonly Metric[] = [
    { type: extreme, field, label: extreme === "max" ? "Highest change, %" : "Lowest change, %" },
    { type: "last", field, timeField: "start", label: "Last change, %" },
    { type: "last", field: "close", timeField: "start", label: "Last close" },
    { type: "sum", field: "count", label: "Quotes" },
  ];
  return {
    name,
    title,
    description: `Symbols by their ${extreme === "max" ? "highest" : "lowest"} change in the time shown, of one-minute candles.`,
    kind: "candle",
    // The newest candle may be of trades alone.
    filters: [...oneMinute, { field: "close", value: null }],
    chart: { type: "table", rowsMax: 10 },
    metrics,
    groupings: [
      {
        role: "bucket",
        by: {
          type: "values",
          field: "symbol",
          label: "Symbol",
          sizeMax: 10,
          orderBy: 0,
          order: extreme === "max" ? "desc" : "asc",
        },
      },
    ],
  };
}

const gainers = movers("top-gainers", "Top movers: up", "max");
const losers = movers("top-losers", "Top movers: down", "min");

const flips: Visualization = {
  name: "indicator-flips",
  title: "Indicator flips",
  description: "How often the indicator of a symbol changed, by what it became (I3).",
  kind: "alert",
  chart: { type: "bars", axis: "Flips" },
  metrics: [{ type: "count", label: "Flips" }],
  groupings: [byValue("to", "To"), overTime("alert")],
};

export const spread: Visualization = {
  name: "spread-by-symbol",
  title: "Spread by symbol",
  description: "Mean spread of usable quotes in hundredths of a percent of the mid; the ten widest.",
  kind: "candle",
  filters: oneMinute,
  chart: { type: "lines", axis: "Spread, bps" },
  metrics: [{ type: "avg", field: "spreadBps", label: "Spread, bps" }],
  groupings: [bySymbol(10), overTime("candle")],
};

export const marketControls: Controls = {
  name: "market-controls",
  title: "Pick symbols",
  description: "Filters the whole dashboard.",
  kind: "quote",
  fields: [
    { field: "symbol", label: "Symbol", multiple: true },
    { field: "indicator", label: "Indicator", multiple: true },
  ],
};

export const marketVisualizations = [quotesByIndicator, indicatorCounts, heatMap, gainers, losers, flips, spread];

export const marketDashboard: Dashboard = {
  name: "market",
  title: "Market",
  description: "All symbols: indicators, changes, movers, flips and spreads.",
  timeFrom: "now-1h",
  rows: [
    {
      height: 8,
      panels: [
        [marketControls, 24],
        [quotesByIndicator, 24],
      ],
    },
    {
      height: 14,
      panels: [
        [indicatorCounts, 24],
        [heatMap, 24],
      ],
    },
    {
      height: 14,
      panels: [
        [gainers, 24],
        [losers, 24],
      ],
    },
    {
      height: 12,
      panels: [
        [flips, 24],
        [spread, 24],
      ],
    },
  ],
};

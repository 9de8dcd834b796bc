import type { Controls } from "../controls.ts";
import type { Dashboard } from "../dashboard.ts";
import type { SavedSearch } from "../saved-search.ts";
import type { Visualization } from "../visualization.ts";
import { bySymbol, oneMinute, overTime } from "./grouping.ts";
import { spread } from "./market.ts";

export const symbolControls: Controls = {
  name: "symbol-controls",
  title: "Pick a symbol",
  description: "Filters the whole dashboard to one symbol.",
  kind: "quote",
  fields: [{ field: "symbol", label: "Symbol", multiple: false }],
};

/** Several symbols in one chart of prices tell nothing: until one is picked, the first of the alphabet is shown. */
const firstSymbol = bySymbol(1, "value");

const price: Visualization = {
  name: "price",
  title: "Price",
  description: "Highest, lowest and time-weighted mean mid of the one-minute candles, and the previous close.",
  kind: "candle",
  filters: oneMinute,
  chart: { type: "lines", axis: "Dollars", fromZero: false },
  metrics: [
    { type: "max", field: "high", label: "High" },
    { type: "min", field: "low", label: "Low" },
    { type: "avg", field: "timeWeightedAverage", label: "Average" },
    { type: "max", field: "previousClose", label: "Previous close" },
  ],
  groupings: [firstSymbol, overTime("candle")],
};

const change: Visualization = {
  name: "percent-change",
  title: "Percent change",
  description: "Mean change of the one-minute candles against the previous close.",
  kind: "candle",
  filters: oneMinute,
  chart: { type: "lines", axis: "Change, %" },
  metrics: [{ type: "avg", field: "percentChange", label: "Change, %" }],
  groupings: [bySymbol(5), overTime("candle")],
};

const volume: Visualization = {
  name: "volume",
  title: "Volume",
  description: "Shares of the trades that count under the minute-bar rules (W5).",
  kind: "candle",
  filters: oneMinute,
  chart: { type: "bars", axis: "Shares" },
  metrics: [{ type: "sum", field: "volume", label: "Shares" }],
  groupings: [firstSymbol, overTime("candle")],
};

const enrichedQuotes: SavedSearch = {
  name: "enriched-quotes",
  title: "Enriched quotes",
  description: "Each quote with its indicator against the previous close, the newest first.",
  kind: "quote",
  columns: [
    ...["symbol", "bidPrice", "askPrice", "midPrice", "previousClose", "percentChange", "indicator", "quality"],
    ...["windows.1m.timeWeightedAverage", "windows.1m.spreadBps"],
  ],
};

const flipsList: SavedSearch = {
  name: "indicator-flips-list",
  title: "Flips of the indicator",
  description: "When an indicator changed, from what to what, and at which price (I3).",
  kind: "alert",
  columns: ["symbol", "from", "to", "midPrice", "previousClose", "percentChange"],
};

const candles: SavedSearch = {
  name: "one-minute-candles",
  title: "One-minute candles",
  description: "Closed windows of a minute, the newest first; a revision has replaced what it revises.",
  kind: "candle",
  filters: oneMinute,
  columns: [
    ...["symbol", "open", "high", "low", "close", "timeWeightedAverage", "count", "volume", "vwap"],
    ...["percentChange", "indicator", "revision", "incomplete"],
  ],
};

export const symbolVisualizations = [price, change, volume];
export const symbolSearches = [enrichedQuotes, flipsList, candles];

export const symbolDashboard: Dashboard = {
  name: "symbol",
  title: "Symbol",
  description:
    "One symbol: its price against the previous close, volume, quotes with their indicator, flips and candles.",
  timeFrom: "now-1h",
  rows: [
    {
      height: 14,
      panels: [
        [symbolControls, 12],
        [price, 36],
      ],
    },
    {
      height: 10,
      panels: [
        [change, 24],
        [volume, 24],
      ],
    },
    { height: 18, panels: [[enrichedQuotes, 48]] },
    { height: 14, panels: [[candles, 48]] },
    {
      height: 14,
      panels: [
        [flipsList, 24],
        [spread, 24],
      ],
    },
  ],
};

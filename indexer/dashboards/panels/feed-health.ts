import type { Metric } from "../aggregation.ts";
import type { Dashboard } from "../dashboard.ts";
import type { SavedSearch } from "../saved-search.ts";
import type { Visualization } from "../visualization.ts";
import { bySymbol, byValue, oneMinute, overTime } from "./grouping.ts";

const quoteRate: Visualization = {
  name: "quote-rate",
  title: "Quotes by symbol",
  description: "How many quotes came, by the market's clock; the ten symbols with the most.",
  kind: "quote",
  chart: { type: "bars", axis: "Quotes" },
  metrics: [{ type: "count", label: "Quotes" }],
  groupings: [overTime("quote"), bySymbol(10)],
};

const tradeRate: Visualization = {
  name: "trade-rate",
  title: "Trades by symbol",
  description: "How many trades came, by the market's clock; the ten symbols with the most.",
  kind: "trade",
  chart: { type: "bars", axis: "Trades" },
  metrics: [{ type: "count", label: "Trades" }],
  groupings: [overTime("trade"), bySymbol(10)],
};

const median = (field: string, label: string): Metric => ({ type: "percentiles", field, percents: [50], label });
const high = (field: string, label: string): Metric => ({ type: "percentiles", field, percents: [50, 99], label });

const latency: Visualization = {
  name: "latency-by-hop",
  title: "Latency by hop",
  description: "Median milliseconds from received to enriched, and from enriched to the bulk request.",
  kind: "quote",
  chart: { type: "lines", axis: "Milliseconds" },
  metrics: [median("delivery.enrichMs", "Received to enriched"), median("delivery.indexMs", "Enriched to indexed")],
  groupings: [overTime("quote")],
};

const feedLatency: Visualization = {
  name: "feed-latency",
  title: "Latency of the feed",
  description: "Median milliseconds from the market's clock to ours; of a recording, its age.",
  kind: "quote",
  chart: { type: "lines", axis: "Milliseconds" },
  metrics: [median("delivery.feedMs", "Market to received")],
  groupings: [overTime("quote")],
};

const latencyTable: Visualization = {
  name: "latency-percentiles",
  title: "Latency by hop: median and 99 percent",
  description: "Milliseconds of each hop, over all the time shown.",
  kind: "quote",
  chart: { type: "table", rowsMax: 10 },
  metrics: [
    high("delivery.feedMs", "Market to received"),
    high("delivery.enrichMs", "Received to enriched"),
    high("delivery.indexMs", "Enriched to indexed"),
  ],
  groupings: [],
};

const quality: Visualization = {
  name: "data-quality",
  title: "Data quality",
  description:
    "Quotes by what is wrong with them (Q2); one with two faults counts under both, one without any is not shown.",
  kind: "quote",
  chart: { type: "bars", axis: "Quotes" },
  metrics: [{ type: "count", label: "Quotes" }],
  groupings: [overTime("quote"), byValue("quality", "Quality")],
};

const qualityBySymbol: Visualization = {
  name: "data-quality-by-symbol",
  title: "Data quality by symbol",
  description: "Quotes of each symbol by what is wrong with them; usable: nothing is.",
  kind: "quote",
  chart: { type: "table", rowsMax: 10 },
  metrics: [{ type: "count", label: "Quotes" }],
  groupings: [
    { ...bySymbol(20), role: "bucket" },
    { ...byValue("quality", "Quality", "usable"), role: "bucket" },
  ],
};

const revisions: Visualization = {
  name: "candle-revisions",
  title: "Revisions of candles",
  description: "How often late records changed a candle after it was published (W4).",
  kind: "candle",
  filters: oneMinute,
  chart: { type: "bars", axis: "Revisions" },
  metrics: [{ type: "sum", field: "revision", label: "Revisions" }],
  groupings: [overTime("candle")],
};

const deadLetters: Visualization = {
  name: "dead-letters-by-reason",
  title: "Dead letters by reason",
  description: "Records that could not be processed, by why (D3).",
  kind: "deadLetter",
  chart: { type: "bars", axis: "Dead letters" },
  metrics: [{ type: "count", label: "Dead letters" }],
  groupings: [overTime("deadLetter"), byValue("reason", "Reason")],
};

const gapsList: SavedSearch = {
  name: "gaps-list",
  title: "Gaps",
  description: "Spans in which records may be missing, one for each partition that it concerns (W9).",
  kind: "gap",
  columns: ["symbol", "to", "reason"],
};

const deadLettersList: SavedSearch = {
  name: "dead-letters-list",
  title: "Dead letters",
  description: "What could not be processed, and why; value: as it came.",
  kind: "deadLetter",
  columns: ["reason", "stage", "key", "detail", "value"],
};

export const feedHealthVisualizations = [
  ...[quoteRate, tradeRate, latency, feedLatency, latencyTable],
  ...[quality, qualityBySymbol, revisions, deadLetters],
];
export const feedHealthSearches = [gapsList, deadLettersList];

export const feedHealthDashboard: Dashboard = {
  name: "feed-health",
  title: "Feed health",
  description: "How much comes, how late it is, and what is wrong with it.",
  timeFrom: "now-1h",
  rows: [
    {
      height: 12,
      panels: [
        [quoteRate, 24],
        [tradeRate, 24],
      ],
    },
    {
      height: 12,
      panels: [
        [latency, 24],
        [feedLatency, 24],
      ],
    },
    {
      height: 12,
      panels: [
        [latencyTable, 24],
        [revisions, 24],
      ],
    },
    {
      height: 12,
      panels: [
        [quality, 24],
        [qualityBySymbol, 24],
      ],
    },
    {
      height: 14,
      panels: [
        [deadLetters, 16],
        [gapsList, 16],
        [deadLettersList, 16],
      ],
    },
  ],
};

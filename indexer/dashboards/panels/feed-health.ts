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
  groupings: [bySymbol(10), overTime("quote")],
};

const tradeRate: Visualization = {
  name: "trade-rate",
  title: "Trades by symbol",
  description: "How many trades came, by the market's clock; the ten symbols with the most.",
  kind: "trade",
  chart: { type: "bars", axis: "Trades" },
  metrics: [{ type: "count", label: "Trades" }],
  groupings: [bySymbol(10), overTime("trade")],
};

/** One hop of the way of a quote; a chart each, since they differ a hundredfold. */
function latency(name: string, title: string, description: string, field: string): Visualization {
  return {
    name,
    title: `Latency: ${title}`,
    description: `${description}; the median and the 99th percentile of quotes.`,
    kind: "quote",
    chart: { type: "lines", axis: "Milliseconds" },
    metrics: [{ type: "percentiles", field, percents: [50, 99], label: "ms" }],
    groupings: [overTime("quote")],
  };
}

const latencies = [
  latency(
    "latency-feed",
    "market to received",
    "Milliseconds from the market's clock to ours: of a recording, its age",
    "delivery.feedMs",
  ),
  latency(
    "latency-enrich",
    "received to enriched",
    "Milliseconds from the socket to the enriched record",
    "delivery.enrichMs",
  ),
  latency(
    "latency-index",
    "enriched to indexed",
    "Milliseconds from the enriched record to the bulk request",
    "delivery.indexMs",
  ),
] as const;

const hop = (field: string, label: string): Metric => ({ type: "percentiles", field, percents: [50, 99], label });

const latencyTable: Visualization = {
  name: "latency-by-hop",
  title: "Latency by hop, in milliseconds",
  description: "The median and the 99th percentile of quotes, over all the time shown.",
  kind: "quote",
  chart: { type: "table", rowsMax: 10 },
  metrics: [hop("delivery.feedMs", "feed"), hop("delivery.enrichMs", "enrich"), hop("delivery.indexMs", "index")],
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
  groupings: [byValue("quality", "Quality"), overTime("quote")],
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
  groupings: [byValue("reason", "Reason"), overTime("deadLetter")],
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
  columns: ["reason", "stage", "value", "detail", "key"],
};

export const feedHealthVisualizations = [
  ...[quoteRate, tradeRate, ...latencies, latencyTable],
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
      height: 11,
      panels: [
        [latencies[0], 16],
        [latencies[1], 16],
        [latencies[2], 16],
      ],
    },
    { height: 6, panels: [[latencyTable, 48]] },
    {
      height: 14,
      panels: [
        [quality, 18],
        [qualityBySymbol, 14],
        [revisions, 16],
      ],
    },
    {
      height: 14,
      panels: [
        [deadLetters, 16],
        [gapsList, 12],
        [deadLettersList, 20],
      ],
    },
  ],
};

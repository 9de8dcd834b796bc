import type { Metric } from "./aggregation.ts";

/** How a panel shows its numbers. */
export type Chart =
  | { readonly type: "bars" | "lines"; readonly axis: string; readonly fromZero?: boolean }
  /** Cells coloured by ranges: from red below zero to green above. */
  | { readonly type: "heatMap"; readonly ranges: readonly number[] }
  | { readonly type: "table"; readonly rowsMax: number }
  | { readonly type: "numbers" };

/** The type of OpenSearch Dashboards' visualization, and what it is told besides the aggregations. */
export function chartState(chart: Chart, metrics: readonly Metric[]): { type: string; params: object } {
  switch (chart.type) {
    case "bars":
    case "lines":
      return axisState(chart, metrics);
    case "heatMap":
      return { type: "heatmap", params: heatMapParams(chart.ranges) };
    case "table":
      return {
        type: "table",
        params: {
          perPage: chart.rowsMax,
          showPartialRows: false,
          showMetricsAtAllLevels: false,
          sort: { columnIndex: null, direction: null },
          showTotal: false,
          totalFunc: "sum",
          percentageCol: "",
        },
      };
    case "numbers":
      return { type: "metric", params: numbersParams };
    default:
      return chart satisfies never;
  }
}

function axisState(
  { type, axis, fromZero = true }: Extract<Chart, { axis: string }>,
  metrics: readonly Metric[],
): { type: string; params: object } {
  const visType = type === "bars" ? "histogram" : "line";
  const labels = { show: true, filter: true, truncate: 100 };
  const params = {
    type: visType,
    grid: { categoryLines: false },
    categoryAxes: [
      {
        id: "CategoryAxis-1",
        type: "category",
        position: "bottom",
        show: true,
        style: {},
        scale: { type: "linear" },
        labels,
        title: {},
      },
    ],
    valueAxes: [
      {
        id: "ValueAxis-1",
        name: "LeftAxis-1",
        type: "value",
        position: "left",
        show: true,
        style: {},
        // Prices are told apart only where the axis begins near them.
        scale: { type: "linear", mode: "normal", defaultYExtents: !fromZero },
        labels: { ...labels, rotate: 0, filter: false },
        title: { text: axis },
      },
    ],
    seriesParams: metrics.map(({ label }, at) => ({
      show: true,
      type: visType,
      mode: type === "bars" ? "stacked" : "normal",
      data: { label, id: String(at + 1) },
      valueAxis: "ValueAxis-1",
      drawLinesBetweenPoints: true,
      lineWidth: 2,
      interpolate: "linear",
      showCircles: false,
    })),
    addTooltip: true,
    addLegend: true,
    legendPosition: "right",
    times: [],
    addTimeMarker: false,
    labels: { show: false },
    thresholdLine: { show: false, value: 0, width: 1, style: "full", color: "#E7664C" },
  };
  return { type: visType, params };
}

function heatMapParams(ranges: readonly number[]): object {
  return {
    type: "heatmap",
    addTooltip: true,
    addLegend: true,
    enableHover: false,
    legendPosition: "right",
    times: [],
    colorsNumber: ranges.length - 1,
    colorSchema: "Green to Red",
    invertColors: true,
    setColorRange: true,
    colorsRange: ranges.slice(1).map((to, at) => ({ from: ranges[at], to })),
    percentageMode: false,
    valueAxes: [
      {
        show: false,
        id: "ValueAxis-1",
        type: "value",
        scale: { type: "linear", defaultYExtents: false },
        labels: { show: false, rotate: 0, overwriteColor: false, color: "black" },
      },
    ],
  };
}

const numbersParams = {
  addTooltip: true,
  addLegend: false,
  type: "metric",
  metric: {
    percentageMode: false,
    useRanges: false,
    colorSchema: "Green to Red",
    metricColorMode: "None",
    colorsRange: [{ from: 0, to: 10_000 }],
    labels: { show: true },
    invertColors: false,
    style: { bgFill: "#000", bgColor: false, labelColor: false, subText: "", fontSize: 36 },
  },
};

import { indicatorColors } from "../../../../indexer/dashboards/colors.ts";
import { missingKey, type Panel } from "../panel-request.ts";
import type { PanelRow } from "../panel-rows.ts";

/** A line or a layer of bars: values by time. */
export interface Series {
  readonly name: string;
  readonly color: string;
  readonly points: ReadonlyMap<number, number>;
}

const palette = [
  "#3b6fb6",
  "#d9822b",
  "#5c9e57",
  "#b0547e",
  "#7a63ad",
  "#c2a13b",
  "#4a9fa5",
  "#9a6b4b",
  "#8a8f98",
  "#d1605e",
];

/** The series of a panel with time on its x axis: one for each group, metric and percentile. */
export function seriesOf(panel: Panel, rows: readonly PanelRow[]): readonly Series[] {
  const metrics = panel.aggregations.filter(({ schema }) => schema === "metric");
  const points = new Map<string, Map<number, number>>();
  for (const { keys, cells } of rows) {
    const group = keys.length === 1 ? [] : [nameOf(keys[0] ?? "", panel)];
    for (const [at, cell] of cells.entries()) {
      const { customLabel, percents } = metrics[at]?.params ?? {};
      const label = metrics.length > 1 || group.length === 0 ? [String(customLabel)] : [];
      for (const [place, value] of [cell].flat().entries()) {
        const percent = Array.isArray(percents) ? [`${percents[place]}%`] : [];
        const name = [...group, ...percent, ...label].join(" ");
        if (!points.has(name)) points.set(name, new Map());
        if (typeof value === "number") points.get(name)?.set(Number(keys.at(-1)), value);
      }
    }
  }
  const colors: Readonly<Record<string, string>> = indicatorColors;
  return [...points]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values], at) => ({
      name,
      color: colors[name] ?? palette[at % palette.length] ?? "#888",
      points: values,
    }));
}

/** What a group is called on the chart. */
export function nameOf(key: string | number, { aggregations }: Panel): string {
  if (key !== missingKey) return String(key);
  return String(aggregations.find(({ params }) => params.missingBucket === true)?.params.missingBucketLabel);
}

import type { VisAggregation } from "../../../indexer/dashboards/aggregation.ts";
import type { Panel } from "./panel-request.ts";

/** One number, several of a percentiles metric, the value of the newest document; null where there is none. */
export type Cell = number | string | boolean | null | readonly (number | null)[];

/** The innermost groups of a panel, each with its keys (times in milliseconds) and its metrics. */
export interface PanelRow {
  readonly keys: readonly (string | number)[];
  readonly cells: readonly Cell[];
}

interface Bucket extends Readonly<Record<string, unknown>> {
  readonly key: string | number;
  readonly doc_count: number;
}

/** Reads OpenSearch's answer to a panel's request. */
export function panelRows({ aggregations }: Panel, answer: unknown): readonly PanelRow[] {
  const { aggregations: found = {}, hits } = answer as {
    aggregations?: Readonly<Record<string, unknown>>;
    hits: { total: { value: number } };
  };
  const metrics = aggregations.filter(({ schema }) => schema === "metric");
  const groupings = aggregations.filter(({ schema }) => schema !== "metric");
  const rows: PanelRow[] = [];
  const walk = (level: number, keys: readonly (string | number)[], at: Readonly<Record<string, unknown>>) => {
    const grouping = groupings[level];
    if (grouping === undefined) {
      const count = level === 0 ? hits.total.value : Number(at.doc_count);
      rows.push({ keys, cells: metrics.map((metric) => cellOf(metric, at, count)) });
      return;
    }
    // Where there is no index at all, nothing is aggregated.
    const { buckets } = (at[grouping.id] ?? { buckets: [] }) as { readonly buckets: readonly Bucket[] };
    for (const bucket of buckets) walk(level + 1, [...keys, bucket.key], bucket);
  };
  walk(0, [], found);
  return rows;
}

function cellOf({ id, type, params }: VisAggregation, at: Readonly<Record<string, unknown>>, count: number): Cell {
  if (type === "count") return count;
  if (type === "percentiles") {
    const { values } = at[id] as { readonly values: readonly { readonly value: number | null }[] };
    return values.map(({ value }) => value);
  }
  if (type !== "top_hits") return (at[id] as { readonly value: number | null }).value;
  const { hits } = (at[id] as { readonly hits: { readonly hits: readonly { readonly _source: unknown }[] } }).hits;
  return (valueAt(hits[0]?._source, String(params.field)) ?? null) as Cell;
}

/** The value at a path like `delivery.feedMs`. */
export function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const key of path.split(".")) value = (value as Readonly<Record<string, unknown>> | undefined)?.[key];
  return value;
}

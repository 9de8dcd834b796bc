import type { VisAggregation } from "../../../indexer/dashboards/aggregation.ts";
import type { LooseObject } from "./saved-object-rules.ts";

/** The time that a dashboard shows. */
export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

/** A panel as OpenSearch Dashboards reads it from its saved object. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly chart: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly aggregations: readonly VisAggregation[];
  /** The pattern of its indices, and the time field that the pattern names. */
  readonly pattern: string;
  readonly timeField: string;
  readonly filters: readonly object[];
  /** Of a saved search. */
  readonly columns: readonly string[];
}

/** A search as it is sent. */
export interface PanelRequest {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The panels with documents behind them: visualizations, but for controls, and saved searches. */
export function panelsOf(objects: readonly LooseObject[]): readonly Panel[] {
  return objects.flatMap((object): readonly Panel[] => {
    const { type, attributes, references } = object;
    if (type !== "visualization" && type !== "search") return [];
    const state = type === "visualization" ? JSON.parse(String(attributes.visState)) : { type: "list", aggs: [] };
    if (state.type === "input_control_vis") return [];
    const { searchSourceJSON } = attributes.kibanaSavedObjectMeta as { searchSourceJSON: string };
    const source = JSON.parse(searchSourceJSON);
    const to = references.find(({ name }) => name === source.indexRefName)?.id;
    const pattern = objects.find((each) => each.type === "index-pattern" && each.id === to)?.attributes;
    return [
      {
        id: object.id,
        title: String(attributes.title),
        chart: state.type,
        params: state.params ?? {},
        aggregations: state.aggs,
        pattern: String(pattern?.title),
        timeField: String(pattern?.timeFieldName),
        filters: source.filter.map(({ query, exists }: { query?: object; exists?: object }) => query ?? { exists }),
        columns: (attributes.columns ?? []) as readonly string[],
      },
    ];
  });
}

/**
 * The search that OpenSearch Dashboards sends for a panel, made of its saved state alone: groupings nest in their order, metrics stand in the
 * innermost, and those that a grouping is ordered by in it too.
 * @param picked filters of the dashboard's controls
 * @see https://github.com/opensearch-project/OpenSearch-Dashboards/tree/main/src/plugins/data/common/search/aggs
 */
export function panelRequest(panel: Panel, range: TimeRange, picked: readonly object[] = []): PanelRequest {
  const time = {
    range: { [panel.timeField]: { gte: range.from, lte: range.to, format: "strict_date_optional_time" } },
  };
  const query = { bool: { filter: [time, ...panel.filters, ...picked] } };
  const path = `/${panel.pattern}/_search`;
  if (panel.chart === "list") {
    return {
      path,
      body: { size: 500, query, sort: [{ [panel.timeField]: { order: "desc", unmapped_type: "boolean" } }] },
    };
  }
  return { path, body: { size: 0, track_total_hits: true, query, aggs: nested(panel.aggregations, range) } };
}

function nested(aggregations: readonly VisAggregation[], range: TimeRange): object {
  const metrics = aggregations.filter(({ schema }) => schema === "metric");
  const groupings = aggregations.filter(({ schema }) => schema !== "metric");
  let inner: Readonly<Record<string, object>> = Object.fromEntries(
    metrics.filter(({ type }) => type !== "count").map((metric) => [metric.id, metricRequest(metric)]),
  );
  for (const grouping of groupings.toReversed()) {
    const order = metrics.find(({ id }) => id === grouping.params.orderBy);
    const ordering = order === undefined || order.type === "count" ? {} : { [order.id]: metricRequest(order) };
    inner = { [grouping.id]: { ...groupingRequest(grouping, order, range), aggs: { ...inner, ...ordering } } };
  }
  return inner;
}

function metricRequest({ type, params }: VisAggregation): object {
  const { field } = params;
  if (type === "percentiles") return { percentiles: { field, percents: params.percents, keyed: false } };
  if (type !== "top_hits") return { [type]: { field } };
  const sort = [{ [String(params.sortField)]: { order: params.sortOrder } }];
  return { top_hits: { docvalue_fields: [{ field }], _source: field, size: params.size, sort } };
}

function groupingRequest(
  { type, params }: VisAggregation,
  order: VisAggregation | undefined,
  range: TimeRange,
): object {
  const { field } = params;
  if (type === "date_histogram") {
    const interval = `${intervalSeconds(range)}s`;
    return { date_histogram: { field, fixed_interval: interval, time_zone: "UTC", min_doc_count: 1 } };
  }
  const by = order === undefined ? String(params.orderBy) : order.type === "count" ? "_count" : order.id;
  const missing = params.missingBucket === true ? { missing: missingKey } : {};
  return { terms: { field, order: { [by]: params.order }, size: params.size, ...missing } };
}

/** What a group of documents without a value is keyed by. */
export const missingKey = "__missing__";

const barsMax = 100;
const usualSeconds = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 43_200, 86_400, 604_800];

/** The shortest usual interval that gives no more bars than a chart has room for. */
export function intervalSeconds({ from, to }: TimeRange): number {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return usualSeconds.find((usual) => seconds / usual <= barsMax) ?? 604_800;
}

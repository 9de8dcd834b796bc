/** A number of a group of documents. */
export type Metric =
  | { readonly type: "count"; readonly label: string }
  | { readonly type: "avg" | "max" | "min" | "sum"; readonly field: string; readonly label: string }
  | {
      readonly type: "percentiles";
      readonly field: string;
      readonly percents: readonly number[];
      readonly label: string;
    }
  /** The value of the newest document. */
  | { readonly type: "last"; readonly field: string; readonly timeField: string; readonly label: string };

/** How documents are grouped: by spans of time as long as the chart has room for, or by the values of a field. */
export type Grouping =
  | { readonly type: "time"; readonly field: string }
  | {
      readonly type: "values";
      readonly field: string;
      readonly label: string;
      /** Groups shown at most: the first by `orderBy`. */
      readonly sizeMax: number;
      /** The place of a metric, or the value itself. */
      readonly orderBy: number | "value";
      readonly order: "asc" | "desc";
      /** What documents without a value are grouped under; left out: they are not counted. */
      readonly missing?: string;
    };

/** What a grouping is to the chart: the x axis, the series (or y axis), or a table's row. */
export type GroupingRole = "segment" | "group" | "bucket";

/** An aggregation as a visualization's state has it. */
export interface VisAggregation {
  readonly id: string;
  readonly enabled: boolean;
  readonly type: string;
  readonly schema: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Metrics first, numbered from 1; groupings after them, the outer ones first. */
export function visAggregations(
  metrics: readonly Metric[],
  groupings: readonly { readonly role: GroupingRole; readonly by: Grouping }[],
): readonly VisAggregation[] {
  return [
    ...metrics.map((metric, at) => ({ id: String(at + 1), enabled: true, schema: "metric", ...metricState(metric) })),
    ...groupings.map(({ role, by }, at) => ({
      id: String(metrics.length + at + 1),
      enabled: true,
      schema: role,
      ...groupingState(by),
    })),
  ];
}

function metricState(metric: Metric): Pick<VisAggregation, "type" | "params"> {
  const { type, label } = metric;
  switch (type) {
    case "count":
      return { type, params: { customLabel: label } };
    case "avg":
    case "max":
    case "min":
    case "sum":
      return { type, params: { field: metric.field, customLabel: label } };
    case "percentiles":
      return { type, params: { field: metric.field, percents: metric.percents, customLabel: label } };
    case "last":
      return {
        type: "top_hits",
        params: {
          field: metric.field,
          aggregate: "concat",
          size: 1,
          sortField: metric.timeField,
          sortOrder: "desc",
          customLabel: label,
        },
      };
    default:
      return type satisfies never;
  }
}

function groupingState(by: Grouping): Pick<VisAggregation, "type" | "params"> {
  if (by.type === "time") {
    const params = { field: by.field, interval: "auto", drop_partials: false, min_doc_count: 1, extended_bounds: {} };
    return { type: "date_histogram", params: { ...params, useNormalizedOpenSearchInterval: true } };
  }
  return {
    type: "terms",
    params: {
      field: by.field,
      size: by.sizeMax,
      order: by.order,
      orderBy: by.orderBy === "value" ? "_key" : String(by.orderBy + 1),
      otherBucket: false,
      otherBucketLabel: "Other",
      missingBucket: by.missing !== undefined,
      missingBucketLabel: by.missing ?? "Missing",
      customLabel: by.label,
    },
  };
}

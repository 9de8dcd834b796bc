import type { KindName } from "../kinds.ts";
import { type Grouping, type GroupingRole, type Metric, visAggregations } from "./aggregation.ts";
import { type Chart, chartState } from "./chart.ts";
import { indicatorColors } from "./colors.ts";
import type { Naming } from "./naming.ts";
import { type SavedObject, savedObject } from "./saved-object.ts";
import { type FixedFilter, searchSource } from "./search-source.ts";

/** A chart of documents of one kind. */
export interface Visualization {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: KindName;
  readonly filters?: readonly FixedFilter[];
  readonly chart: Chart;
  readonly metrics: readonly Metric[];
  /** The outer ones first. */
  readonly groupings: readonly { readonly role: GroupingRole; readonly by: Grouping }[];
}

export function visualizationObject(panel: Visualization, naming: Naming): SavedObject {
  const { kibanaSavedObjectMeta, references } = searchSource(panel.kind, panel.filters ?? [], naming);
  const title = naming.title(panel.title);
  const state = {
    title,
    ...chartState(panel.chart, panel.metrics),
    aggs: visAggregations(panel.metrics, panel.groupings),
  };
  const byIndicator = panel.groupings.some(({ by }) => by.type === "values" && indicatorFields.has(by.field));
  const attributes = {
    title,
    visState: JSON.stringify(state),
    uiStateJSON: JSON.stringify(byIndicator ? { vis: { colors: indicatorColors } } : {}),
    description: panel.description,
    version: 1,
    kibanaSavedObjectMeta,
  };
  return savedObject("visualization", naming.id(panel.name), attributes, references);
}

const indicatorFields: ReadonlySet<string> = new Set(["indicator", "to", "from"]);

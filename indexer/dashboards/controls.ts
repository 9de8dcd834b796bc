import type { KindName } from "../kinds.ts";
import type { Naming } from "./naming.ts";
import { type SavedObject, savedObject } from "./saved-object.ts";

/** Lists to pick values from, which then filter the whole dashboard. */
export interface Controls {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: KindName;
  readonly fields: readonly { readonly field: string; readonly label: string; readonly multiple: boolean }[];
}

export function controlsObject(controls: Controls, naming: Naming): SavedObject {
  const title = naming.title(controls.title);
  const state = {
    title,
    type: "input_control_vis",
    params: {
      controls: controls.fields.map(({ field, label, multiple }, at) => ({
        id: `${controls.name}-${field}`,
        indexPatternRefName: refName(at),
        fieldName: field,
        parent: "",
        label,
        type: "list",
        options: { type: "terms", multiselect: multiple, dynamicOptions: true, size: 100, order: "asc" },
      })),
      updateFiltersOnChange: true,
      useTimeFilter: true,
      // Pinned: a symbol picked on one dashboard stays picked on the next.
      pinFilters: true,
    },
    aggs: [],
  };
  const attributes = {
    title,
    visState: JSON.stringify(state),
    uiStateJSON: "{}",
    description: controls.description,
    version: 1,
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({ query: { query: "", language: "kuery" }, filter: [] }),
    },
  };
  const references = controls.fields.map((_, at) => ({
    name: refName(at),
    type: "index-pattern" as const,
    id: naming.patternId(controls.kind),
  }));
  return savedObject("visualization", naming.id(controls.name), attributes, references);
}

function refName(at: number): string {
  return `control_${at}_index_pattern`;
}

import type { KindName } from "../kinds.ts";
import type { Naming } from "./naming.ts";
import type { Reference } from "./saved-object.ts";

/** A field that must have one value, or any: what a panel always asks for, whatever a user asks for besides. */
export interface FixedFilter {
  readonly field: string;
  /** Null: any. */
  readonly value: string | null;
}

/** Where an object's documents come from, as attribute and references: ids stand in the references alone. */
export function searchSource(
  kind: KindName,
  filters: readonly FixedFilter[],
  naming: Naming,
): { readonly kibanaSavedObjectMeta: object; readonly references: readonly Reference[] } {
  const pattern = (name: string): Reference => ({ name, type: "index-pattern", id: naming.patternId(kind) });
  const filterRef = (at: number) => `${root}.filter[${at}].meta.index`;
  const searchSourceJSON = JSON.stringify({
    query: { query: "", language: "kuery" },
    filter: filters.map(({ field, value }, at) => {
      const meta = { alias: null, disabled: false, negate: false, key: field, indexRefName: filterRef(at) };
      const $state = { store: "appState" };
      return value === null
        ? { $state, meta: { ...meta, type: "exists", value: "exists" }, exists: { field } }
        : {
            $state,
            meta: { ...meta, type: "phrase", params: { query: value } },
            query: { match_phrase: { [field]: value } },
          };
    }),
    indexRefName: `${root}.index`,
  });
  return {
    kibanaSavedObjectMeta: { searchSourceJSON },
    references: [pattern(`${root}.index`), ...filters.map((_, at) => pattern(filterRef(at)))],
  };
}

const root = "kibanaSavedObjectMeta.searchSourceJSON";

import { type KindName, kinds } from "../kinds.ts";
import type { Naming } from "./naming.ts";
import { type SavedObject, savedObject } from "./saved-object.ts";
import { type FixedFilter, searchSource } from "./search-source.ts";

/** A list of documents, the newest first. */
export interface SavedSearch {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: KindName;
  readonly columns: readonly string[];
  readonly filters?: readonly FixedFilter[];
}

export function savedSearchObject(search: SavedSearch, naming: Naming): SavedObject {
  const { kibanaSavedObjectMeta, references } = searchSource(search.kind, search.filters ?? [], naming);
  const attributes = {
    title: naming.title(search.title),
    description: search.description,
    hits: 0,
    columns: search.columns,
    sort: [[kinds[search.kind].timeField, "desc"]],
    version: 1,
    kibanaSavedObjectMeta,
  };
  return savedObject("search", naming.id(search.name), attributes, references);
}

/** The kinds of saved objects that are made here. */
export type SavedObjectType = "index-pattern" | "search" | "visualization" | "dashboard";

/** How one object names another: by a name that its attributes use in place of the id, so that an import can give other ids. */
export interface Reference {
  readonly name: string;
  readonly type: SavedObjectType;
  readonly id: string;
}

/** What OpenSearch Dashboards stores and imports: one line of NDJSON. */
export interface SavedObject {
  readonly type: SavedObjectType;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly Reference[];
  /** The version of the shape of `attributes`: what is older is migrated by the import. */
  readonly migrationVersion: Readonly<Record<string, string>>;
}

/** The versions whose shapes are written here: the last that OpenSearch Dashboards took over. */
const shapeVersions: Readonly<Record<SavedObjectType, string>> = {
  "index-pattern": "7.6.0",
  search: "7.9.3",
  visualization: "7.10.0",
  dashboard: "7.9.3",
};

/** One object, with the version of its shape. */
export function savedObject(
  type: SavedObjectType,
  id: string,
  attributes: SavedObject["attributes"],
  references: readonly Reference[] = [],
): SavedObject {
  return { type, id, attributes, references, migrationVersion: { [type]: shapeVersions[type] } };
}

/** The file that an import takes: an object a line. */
export function ndjson(objects: readonly SavedObject[]): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join("");
}

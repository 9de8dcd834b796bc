import { isDeepStrictEqual } from "node:util";
import { indexPattern } from "./index-names.ts";
import { type KindName, kindNames, kinds } from "./kinds.ts";
import { type FieldMapping, fieldGroups, fieldsByKind, windowTemplates } from "./mappings.ts";

export interface TemplateSettings {
  readonly indexPrefix: string;
  /** Of an index of one of the kinds that come in masses; the others have one. */
  readonly shards: number;
  readonly replicas: number;
  /** How long a stored document may stay out of searches. */
  readonly refreshMs: number;
}

/** A composable part of index templates, as OpenSearch takes it. */
export interface ComponentTemplate {
  readonly name: string;
  readonly body: { readonly template: object; readonly _meta: object };
}

/** A composable index template, as OpenSearch takes it, and the mapping as a whole, for indices that are there already. */
export interface IndexTemplate {
  /** Of the template; the indices' names without the day. */
  readonly name: string;
  readonly pattern: string;
  readonly mappings: {
    readonly dynamic: string;
    readonly properties: Readonly<Record<string, FieldMapping>>;
    readonly dynamic_templates?: readonly object[];
  };
  readonly body: object;
}

/** Everything that a new index is made by. */
export interface Templates {
  readonly components: readonly ComponentTemplate[];
  readonly indices: readonly IndexTemplate[];
}

/** Above what a cluster's own catch-all templates usually have. */
export const templatePriority = 200;

/** Kinds with a document for each message or window: the only ones that a day of can outgrow a shard. */
const massKinds: ReadonlySet<KindName> = new Set(["quote", "trade", "candle"]);

/** The templates of a deployment: settings and groups of fields as components, and one index template for each kind. */
export function templatesOf(settings: TemplateSettings): Templates {
  const { indexPrefix } = settings;
  const common: ComponentTemplate = {
    name: `${indexPrefix}settings`,
    body: {
      template: { settings: { index: changeableSettings(settings) } },
      _meta: described("settings of all indices"),
    },
  };
  const groups = Object.entries(fieldGroups).map(
    ([group, properties]): ComponentTemplate => ({
      name: groupName(indexPrefix, group),
      body: { template: { mappings: { properties } }, _meta: described(`the fields of ${group}`) },
    }),
  );
  return { components: [common, ...groups], indices: kindNames.map((kind) => indexTemplate(kind, settings)) };
}

/** The settings, below `index`, that an index which is there already can still be given; as text, as OpenSearch tells them. */
export function changeableSettings({ replicas, refreshMs }: TemplateSettings): Readonly<Record<string, string>> {
  return {
    number_of_replicas: String(replicas),
    // Said outright: by default OpenSearch stops refreshing an index that is not searched, and the first search after that waits.
    refresh_interval: `${refreshMs}ms`,
  };
}

function indexTemplate(kind: KindName, settings: TemplateSettings): IndexTemplate {
  const { indexPrefix, shards } = settings;
  const pattern = indexPattern(indexPrefix, kind);
  const fields = fieldsByKind[kind];
  const groups = Object.entries(fieldGroups).filter(([, group]) =>
    Object.entries(group).every(([name, mapping]) => isDeepStrictEqual(fields[name], mapping)),
  );
  const grouped = new Set(groups.flatMap(([, group]) => Object.keys(group)));
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !grouped.has(name)));
  const head = { dynamic: "strict", ...(kind === "quote" ? { dynamic_templates: windowTemplates } : {}) };
  return {
    name: pattern.slice(0, -2),
    pattern,
    mappings: { ...head, properties: fields },
    body: {
      index_patterns: [pattern],
      composed_of: [`${indexPrefix}settings`, ...groups.map(([group]) => groupName(indexPrefix, group))],
      priority: templatePriority,
      template: {
        settings: {
          index: {
            number_of_shards: String(massKinds.has(kind) ? shards : 1),
            // Ascending is the order of arrival, so that sorting costs next to nothing, and queries by time touch few blocks.
            sort: { field: [kinds[kind].timeField], order: ["asc"] },
          },
        },
        mappings: { ...head, properties: own },
      },
      _meta: described(`${kinds[kind].index}, an index for each UTC day`),
    },
  };
}

function groupName(indexPrefix: string, group: string): string {
  return `${indexPrefix}fields-${group}`;
}

function described(text: string): { readonly description: string } {
  return { description: `Bellwether: ${text}` };
}

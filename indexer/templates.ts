import { indexPattern } from "./index-names.ts";
import { type KindName, kindNames, kinds } from "./kinds.ts";
import { fieldsByKind, windowTemplates } from "./mappings.ts";

export interface TemplateSettings {
  readonly indexPrefix: string;
  readonly shards: number;
  readonly replicas: number;
}

/** A composable index template, as OpenSearch takes it, and the mapping alone, for indices that are there already. */
export interface IndexTemplate {
  /** Of the template; the indices' names without the day. */
  readonly name: string;
  readonly pattern: string;
  readonly mappings: object;
  readonly body: object;
}

/** Above what a cluster's own catch-all templates usually have. */
const priority = 200;

/** One template for each kind. Refreshes are left to OpenSearch (one second while searched). */
export function indexTemplates(settings: TemplateSettings): readonly IndexTemplate[] {
  return kindNames.map((kind) => indexTemplate(kind, settings));
}

function indexTemplate(kind: KindName, { indexPrefix, shards, replicas }: TemplateSettings): IndexTemplate {
  const pattern = indexPattern(indexPrefix, kind);
  const mappings = {
    dynamic: "strict",
    ...(kind === "quote" ? { dynamic_templates: windowTemplates } : {}),
    properties: fieldsByKind[kind],
  };
  const settings = {
    index: {
      number_of_shards: shards,
      number_of_replicas: replicas,
      // Ascending is the order of arrival, so that sorting costs next to nothing, and queries by time touch few blocks.
      "sort.field": [kinds[kind].timeField],
      "sort.order": ["asc"],
    },
  };
  return {
    name: pattern.slice(0, -2),
    pattern,
    mappings,
    body: {
      index_patterns: [pattern],
      priority,
      template: { settings, mappings },
      _meta: { description: `Bellwether: ${kinds[kind].index}, an index for each UTC day` },
    },
  };
}

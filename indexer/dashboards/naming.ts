import type { KindName } from "../kinds.ts";
import { kinds } from "../kinds.ts";

/**
 * Ids and titles of a deployment's objects. Ids are the same at every import, so that importing again replaces; they hold the index prefix, so that
 * two deployments can share one OpenSearch Dashboards.
 */
export interface Naming {
  readonly indexPrefix: string;
  id(name: string): string;
  patternId(kind: KindName): string;
  title(text: string): string;
}

export function namingOf(indexPrefix: string): Naming {
  const id = (name: string) => `bellwether-${indexPrefix}${name}`;
  const deployment = indexPrefix === usualPrefix ? "Bellwether" : `Bellwether ${indexPrefix.replace(/-$/, "")}`;
  return {
    indexPrefix,
    id,
    patternId: (kind) => id(kinds[kind].index),
    title: (text) => `[${deployment.trim()}] ${text}`,
  };
}

const usualPrefix = "market-";

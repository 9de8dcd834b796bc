import { type KindName, kinds } from "./kinds.ts";

/**
 * What every index of a deployment begins with: its topic prefix in lower case, dots as hyphens (`market.` gives
 * `market-`), since an index is named in lower case and the dots are left to the day. Prefixes that differ only in that
 * share their indices; ids hold the log's id, so that nothing of one is overwritten by the other.
 */
export function indexPrefixOf(topicPrefix: string): string {
  return topicPrefix.toLowerCase().replaceAll(".", "-");
}

/** True where indices can bear the prefix: OpenSearch wants a letter or digit first. */
export function isIndexable(topicPrefix: string): boolean {
  return /^([a-zA-Z0-9]|$)/.test(topicPrefix);
}

/** The pattern of all days of a kind: `market-quotes-*`. */
export function indexPattern(indexPrefix: string, kind: KindName): string {
  return `${indexPrefix}${kinds[kind].index}-*`;
}

/** Gives `market-quotes-2018.01.03` for a time that begins with that day; null for what begins with none (D4). */
export type IndexOf = (kind: KindName, time: string) => string | null;

/** Names of indices under a prefix, each made once: there are few, and every document needs one. */
export function createIndexOf(indexPrefix: string): IndexOf {
  const namesMax = 10_000;
  const names = new Map<string, string>();
  // Most records are of the kind and day of the one before.
  let last = { kind: "" as KindName | "", day: "", name: "" };
  return (kind, time) => {
    if (kind === last.kind && time.startsWith(last.day)) return last.name;
    const name = nameOf(kind, time);
    if (name !== null) last = { kind, day: time.slice(0, 11), name };
    return name;
  };

  function nameOf(kind: KindName, time: string): string | null {
    const key = kind + time.slice(0, 11);
    const known = names.get(key);
    if (known !== undefined) return known;
    const match = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T/.exec(time);
    if (match === null) return null;
    const name = `${indexPrefix}${kinds[kind].index}-${match[1]}.${match[2]}.${match[3]}`;
    if (names.size >= namesMax) names.clear();
    names.set(key, name);
    return name;
  }
}

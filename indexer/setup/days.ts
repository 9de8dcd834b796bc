import { kindNames, kinds } from "../kinds.ts";

const dayMs = 86_400_000;

/** True for the name of an index that the indexer writes under this prefix: what is not is never touched. */
export function isOurs(indexPrefix: string, index: string): boolean {
  return dayOf(indexPrefix, index) !== null;
}

/** When an index's day begins, in milliseconds since the epoch; null for an index that is not ours. */
export function dayOf(indexPrefix: string, index: string): number | null {
  if (!index.startsWith(indexPrefix)) return null;
  const match = /^(.*)-(\d{4})\.(\d{2})\.(\d{2})$/.exec(index.slice(indexPrefix.length));
  if (match === null || !names.has(match[1] ?? "")) return null;
  const ms = Date.parse(`${match[2]}-${match[3]}-${match[4]}T00:00:00Z`);
  return Number.isNaN(ms) ? null : ms;
}

/** True where the whole of an index's day is `days` or more in the past: all its documents are that old or older. */
export function isOlder(dayStartMs: number, days: number, nowMs: number): boolean {
  return dayStartMs + dayMs <= nowMs - days * dayMs;
}

const names: ReadonlySet<string> = new Set(kindNames.map((kind) => kinds[kind].index));

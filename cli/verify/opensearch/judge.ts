import type { DocumentEntries, Entry } from "./entry.ts";

/**
 * What is to be said of one document:
 * - `equal`: what the topics hold is stored;
 * - `missing`: it must be stored, and is not;
 * - `different`: another version or source is stored than the topics hold, or an older one;
 * - `unmatched`: it is stored, and on no topic as far as the topics are kept;
 * - `deadLettered`: the indexer could not store it, and has said so;
 * - `ahead`: the indexer need not have come so far.
 */
export type Verdict = "equal" | "missing" | "different" | "unmatched" | "deadLettered" | "ahead";

/**
 * Judges one document by all that was read of it. Of several versions the highest wins (D4); one that the indexer has not committed yet may be stored, and
 * need not be. A version that was dead-lettered need not be stored either; it may be, where it was read again after the fault was mended.
 */
export function judge({ published, stored }: Pick<DocumentEntries, "published" | "stored">): Verdict {
  const due = dueVersion(published);
  const wasDue = published.some(({ state }) => state === "due");
  if (stored === null) return due > 0 ? "missing" : wasDue ? "deadLettered" : "ahead";
  if (published.every(({ state }) => state === "rejected")) return "unmatched";
  if (stored.version < due) return "different";
  const same = published.filter(({ state, version }) => state !== "rejected" && version === stored.version);
  if (same.length === 0) return due > 0 ? "different" : "unmatched";
  // A dead letter may be published twice, with other words in it: any of them may be stored.
  if (!same.some(({ digest }) => digest === null || digest === stored.digest)) return "different";
  return due > 0 || wasDue ? "equal" : "ahead";
}

/** The highest version that must be stored: it was due, and not dead-lettered. 0 where none must. */
export function dueVersion(published: readonly Entry[]): number {
  const rejected = new Set(published.filter(({ state }) => state === "rejected").map(({ version }) => version));
  return published
    .filter(({ state, version }) => state === "due" && !rejected.has(version))
    .reduce((highest, { version }) => Math.max(highest, version), 0);
}

import type { Audit } from "./audit.ts";
import { digestOfStored } from "./document-digest.ts";
import type { DocumentEntries, TopicPlace } from "./entry.ts";
import { dueVersion, judge, type Verdict } from "./judge.ts";
import { patiently } from "./patiently.ts";
import { lookUp, pageSizeOf } from "./stored-documents.ts";
import { type StoredIndex, storedIndex } from "./stored-index.ts";
import type { Tally } from "./tally.ts";

export interface VerdictOptions extends Audit {
  /** True for the documents that were looked for in OpenSearch. */
  readonly isCompared: (id: string) => boolean;
}

/**
 * Judges every document that was read, and counts. What looks wrong is looked up once more by its id before it counts: searches find a document only
 * after a while, and a live indexer goes on writing.
 */
export async function countVerdicts(options: VerdictOptions): Promise<void> {
  const { spill, tally, isCompared } = options;
  for await (const documents of spill.documents()) {
    let suspects: DocumentEntries[] = [];
    /** Of one answer: from 1 down to 0. */
    let roomLeft = 1;
    for (const document of documents) {
      const { index, id, published } = document;
      const verdict = judge(document);
      const isDue = dueVersion(published) > 0;
      if (isDue) tally.of(index).onTopics++;
      else if (published.some(({ state }) => state === "ahead")) tally.allow(index);
      const isLookedFor = index === "" || isCompared(id);
      if (isDue && isLookedFor && index !== "") tally.compared++;
      if (verdict === "missing" && index === "") tally.find("missing", document);
      // Outside a sample only what was dead-lettered is looked up: it may have been stored later, and would be one too many.
      else if (isLookedFor ? isWrong(verdict) : verdict === "deadLettered") {
        suspects.push(document);
        roomLeft -= kindOf(document, options) === "deadLetter" ? 1 / pageSizeOf("deadLetter") : 1 / pageSizeOf("quote");
      } else if (isLookedFor || verdict === "ahead") count(verdict, document, tally);
      if (roomLeft > 0) continue;
      await confirm(suspects, options);
      [suspects, roomLeft] = [[], 1];
    }
    await confirm(suspects, options);
  }
}

function isWrong(verdict: Verdict): boolean {
  return verdict === "missing" || verdict === "different" || verdict === "unmatched";
}

async function confirm(suspects: readonly DocumentEntries[], options: VerdictOptions): Promise<void> {
  if (suspects.length === 0) return;
  const { openSearch, tally, patience } = options;
  const found = await patiently(() => lookUp(openSearch, suspects), patience);
  for (const [at, suspect] of suspects.entries()) {
    const now = found[at] ?? null;
    const kind = kindOf(suspect, options);
    if (now === null && suspect.published.length === 0) {
      // It was deleted meanwhile, as retention does.
      tally.notJudged.changing++;
      continue;
    }
    const { index, id } = suspect;
    const place = suspect.stored?.place ?? null;
    const digest = now === null || kind === null ? "" : digestOfStored(kind, now.source);
    const stored = now === null ? null : { state: "stored" as const, index, id, version: now.version, digest, place };
    const document = { ...suspect, stored };
    const verdict = judge(document);
    const newest = Math.max(0, ...suspect.published.map(({ version }) => version));
    const isWrittenMeanwhile =
      stored !== null && stored.version > newest && stored.version > (suspect.stored?.version ?? 0);
    if (suspect.published.length > 0 && isWrittenMeanwhile) tally.notJudged.changing++;
    else if (verdict === "unmatched") countUnmatched(document, options);
    else if (verdict === "missing" || verdict === "different") tally.find(verdict, document);
    else count(verdict, document, tally);
  }
}

function count(verdict: Verdict, document: DocumentEntries, tally: Tally): void {
  const counts = tally.of(document.index);
  if (verdict === "ahead" || verdict === "deadLettered") tally.notJudged[verdict]++;
  if (verdict !== "equal") return;
  counts.equal++;
  // It was dead-lettered once, and stored when it was read again.
  if (dueVersion(document.published) === 0) counts.onTopics++;
}

function countUnmatched(document: DocumentEntries, options: VerdictOptions): void {
  const { tally } = options;
  const index = storedIndex(options.indexPrefix, document.index);
  const reason = index === null ? "unexpected" : reasonOf(index, document.id, document.stored?.place ?? null, options);
  if (reason === "unexpected") tally.find("unexpected", document);
  else tally.notJudged[reason === "older" ? "older" : "otherLogs"]++;
}

function reasonOf(index: StoredIndex, id: string, place: TopicPlace | null, { kept, topicOf }: VerdictOptions) {
  return kept.reasonOf(topicOf(index), { kind: index.kind, id, version: 1 }, place);
}

function kindOf({ index }: DocumentEntries, { indexPrefix }: VerdictOptions) {
  return storedIndex(indexPrefix, index)?.kind ?? null;
}

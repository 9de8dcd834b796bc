import { PipelineError } from "../domain/errors.ts";
import { remedyFor } from "../runtime/opensearch/fault.ts";
import type { BulkItem } from "../runtime/opensearch/types.ts";
import type { BulkEntry } from "./bulk-load.ts";
import { bulkOutcome } from "./bulk-outcome.ts";

/** Documents that are dealt with for good, by what became of them. */
export interface Settled<Ticket> {
  readonly stored: readonly BulkEntry<Ticket>[];
  /** The same or a later version was there. */
  readonly alreadyApplied: readonly BulkEntry<Ticket>[];
  readonly rejected: readonly Rejected<Ticket>[];
}

export interface Rejected<Ticket> {
  readonly entry: BulkEntry<Ticket>;
  /** Why, for people. */
  readonly detail: string;
}

/** A bulk answer, sorted by what is to be done. */
export interface SortedAnswer<Ticket> {
  readonly settled: Settled<Ticket>;
  readonly again: readonly BulkEntry<Ticket>[];
  /** Why the first of `again` must be sent again; null where none must. */
  readonly fault: PipelineError | null;
  /** True where documents were put off for load. */
  readonly isBusy: boolean;
  /** Why nothing more can be stored; null where all is well. */
  readonly stop: PipelineError | null;
}

/** Sorts the entries of a request by the items of its answer, which stand in the same order. */
export function sortAnswer<Ticket>(
  entries: readonly BulkEntry<Ticket>[],
  answer: readonly BulkItem[],
): SortedAnswer<Ticket> {
  // Nearly always all of them: nothing is made for each then.
  if (answer.length === entries.length && answer.every(isStored)) return allStored(entries);
  const stored: BulkEntry<Ticket>[] = [];
  const alreadyApplied: BulkEntry<Ticket>[] = [];
  const rejected: Rejected<Ticket>[] = [];
  const again: BulkEntry<Ticket>[] = [];
  let fault: PipelineError | null = null;
  let isBusy = false;
  let stop: PipelineError | null = null;
  for (const [at, entry] of entries.entries()) {
    const item = answer[at] ?? unanswered;
    const outcome = bulkOutcome(item);
    switch (outcome) {
      case "stored":
        stored.push(entry);
        break;
      case "alreadyApplied":
        alreadyApplied.push(entry);
        break;
      case "reject":
        rejected.push({ entry, detail: `${item.errorType ?? item.status}: ${item.errorReason}` });
        break;
      case "retry":
        again.push(entry);
        fault ??= faultOfItem(item, entry.index, true);
        isBusy ||= item.status === tooMany && item.errorType !== "cluster_block_exception";
        break;
      case "stop":
        stop ??= faultOfItem(item, entry.index, false);
        break;
      default:
        outcome satisfies never;
    }
  }
  return { settled: { stored, alreadyApplied, rejected }, again, fault, isBusy, stop };
}

function isStored(item: BulkItem): boolean {
  return bulkOutcome(item) === "stored";
}

function allStored<Ticket>(stored: readonly BulkEntry<Ticket>[]): SortedAnswer<Ticket> {
  const settled = { stored, alreadyApplied: [], rejected: [] };
  return { settled, again: [], fault: null, isBusy: false, stop: null };
}

/** An answer that is short of items tells nothing of the rest: they are sent again. */
const unanswered: BulkItem = { status: 503, errorType: null, errorReason: "the answer left the document out" };

const tooMany = 429;

function faultOfItem(item: BulkItem, index: string, retriable: boolean): PipelineError {
  const said = [item.errorType, item.errorReason].filter((part) => part !== null && part !== "").join(": ");
  return new PipelineError(
    "openSearchRejected",
    `OpenSearch answered ${item.status} for a document of ${index} (${said}).`,
    {
      retriable,
      remedy: remedyFor(item.status, item.errorType),
    },
  );
}

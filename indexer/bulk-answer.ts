import { PipelineError } from "../domain/errors.ts";
import { remedyFor } from "../runtime/opensearch/fault.ts";
import type { BulkItem } from "../runtime/opensearch/types.ts";
import type { BulkLoad } from "./bulk-load.ts";
import { bulkOutcome } from "./bulk-outcome.ts";

/** Documents of a load that are dealt with for good: their places, by what became of them. */
export interface Settled {
  readonly stored: readonly number[];
  /** The same or a later version was there. */
  readonly alreadyApplied: readonly number[];
  readonly rejected: readonly Rejected[];
}

export interface Rejected {
  readonly place: number;
  /** Why, for people. */
  readonly detail: string;
}

/** A bulk answer, sorted by what is to be done. */
export interface SortedAnswer {
  readonly settled: Settled;
  readonly again: readonly number[];
  /** Why the first of `again` must be sent again; null where none must. */
  readonly fault: PipelineError | null;
  /** True where documents were put off for load. */
  readonly isBusy: boolean;
  /** Why nothing more can be stored; null where all is well. */
  readonly stop: PipelineError | null;
}

/** Sorts the documents of a request by the items of its answer, which stand in the same order. */
export function sortAnswer<Ticket>(
  load: BulkLoad<Ticket>,
  places: readonly number[],
  answer: readonly BulkItem[],
): SortedAnswer {
  // Nearly always all of them: nothing is made for each then.
  if (answer.length === places.length && answer.every(isStored)) return allStored(places);
  const stored: number[] = [];
  const alreadyApplied: number[] = [];
  const rejected: Rejected[] = [];
  const again: number[] = [];
  let fault: PipelineError | null = null;
  let isBusy = false;
  let stop: PipelineError | null = null;
  for (const [at, place] of places.entries()) {
    const item = answer[at] ?? unanswered;
    const outcome = bulkOutcome(item);
    switch (outcome) {
      case "stored":
        stored.push(place);
        break;
      case "alreadyApplied":
        alreadyApplied.push(place);
        break;
      case "reject":
        rejected.push({ place, detail: `${item.errorType ?? item.status}: ${item.errorReason}` });
        break;
      case "retry":
        again.push(place);
        fault ??= faultOfItem(item, load.indexAt(place), true);
        isBusy ||= item.status === tooMany && item.errorType !== "cluster_block_exception";
        break;
      case "stop":
        stop ??= faultOfItem(item, load.indexAt(place), false);
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

function allStored(stored: readonly number[]): SortedAnswer {
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

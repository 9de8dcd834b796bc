import { PipelineError } from "../domain/errors.ts";
import { remedyFor } from "../runtime/opensearch/fault.ts";
import type { BulkItem } from "../runtime/opensearch/types.ts";
import type { BulkEntry } from "./bulk-load.ts";
import { bulkOutcome } from "./bulk-outcome.ts";
import type { KindName } from "./kinds.ts";

/** What became of one document, for good. */
export interface Settled<Ticket> {
  readonly ticket: Ticket;
  readonly kind: KindName;
  readonly outcome: "stored" | "alreadyApplied" | "rejected";
  /** Why it was rejected, for people; else empty. */
  readonly detail: string;
}

/** A bulk answer, sorted by what is to be done. */
export interface SortedAnswer<Ticket> {
  readonly settled: readonly Settled<Ticket>[];
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
  const settled: Settled<Ticket>[] = [];
  const again: BulkEntry<Ticket>[] = [];
  let fault: PipelineError | null = null;
  let isBusy = false;
  let stop: PipelineError | null = null;
  for (const [at, entry] of entries.entries()) {
    const item = answer[at] ?? unanswered;
    const { kind, index, ticket } = entry;
    const outcome = bulkOutcome(item);
    switch (outcome) {
      case "stored":
      case "alreadyApplied":
        settled.push({ ticket, kind, outcome, detail: "" });
        break;
      case "reject": {
        const detail = `${item.errorType ?? item.status}: ${item.errorReason}`;
        settled.push({ ticket, kind, outcome: "rejected", detail });
        break;
      }
      case "retry":
        again.push(entry);
        fault ??= faultOfItem(item, index, true);
        isBusy ||= item.status === tooMany && item.errorType !== "cluster_block_exception";
        break;
      case "stop":
        stop ??= faultOfItem(item, index, false);
        break;
      default:
        outcome satisfies never;
    }
  }
  return { settled, again, fault, isBusy, stop };
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

import { isRetriableStatus } from "../runtime/opensearch/fault.ts";
import type { BulkItem } from "../runtime/opensearch/types.ts";

/**
 * What one item of a bulk answer asks for:
 * - `stored`: nothing more;
 * - `alreadyApplied`: nothing more, the same or a later version is there (D4);
 * - `retry`: the same document again, later (D5);
 * - `reject`: the document itself is at fault and never will be taken: to the dead-letter topic;
 * - `stop`: nothing can be stored until someone mends the set-up.
 */
export type BulkOutcome = "stored" | "alreadyApplied" | "retry" | "reject" | "stop";

/** Tells the outcomes of a bulk item apart. Only a 400 that is the document's own fault rejects it. */
export function bulkOutcome({ status, errorType }: BulkItem): BulkOutcome {
  if (status >= 200 && status < 300) return "stored";
  if (status === 409) return "alreadyApplied";
  if (isRetriableStatus(status, errorType) || (errorType !== null && passing.has(errorType))) return "retry";
  if (errorType === "invalid_index_name_exception") return "stop";
  return status === 400 ? "reject" : "stop";
}

/**
 * Answered with a 400 or 404 though no document is at fault: a cluster at its limit of shards refuses a new index, a day that is being compressed is
 * closed for a moment (`oldDaysPlan`), and one that somebody deletes just then is made anew by the next request.
 */
const passing: ReadonlySet<string> = new Set([
  "validation_exception",
  "index_closed_exception",
  "index_not_found_exception",
]);

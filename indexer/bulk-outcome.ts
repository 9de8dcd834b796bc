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

/** Faults of the cluster, not of the document, whatever status they bear: full disks, and the limit of shards. */
const clusterFaults = new Set([
  "cluster_block_exception",
  "validation_exception",
  "process_cluster_event_timeout_exception",
]);

/** Tells the outcomes of a bulk item apart. Only a 400 that is the document's own fault rejects it. */
export function bulkOutcome({ status, errorType }: BulkItem): BulkOutcome {
  if (status >= 200 && status < 300) return "stored";
  if (status === 409) return "alreadyApplied";
  if (status === 408 || status === 429 || status >= 500) return "retry";
  if (errorType !== null && clusterFaults.has(errorType)) return "retry";
  if (errorType === "invalid_index_name_exception") return "stop";
  return status === 400 ? "reject" : "stop";
}

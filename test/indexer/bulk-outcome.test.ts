import { describe, expect, it } from "vitest";
import { waitMs } from "../../indexer/backoff.ts";
import { bulkOutcome } from "../../indexer/bulk-outcome.ts";

describe("outcomes of bulk items", () => {
  it.each([
    [200, null, "stored"],
    [201, null, "stored"],
    [409, "version_conflict_engine_exception", "alreadyApplied"],
    [429, "rejected_execution_exception", "retry"],
    [429, "cluster_block_exception", "retry"],
    [403, "cluster_block_exception", "retry"],
    [503, "unavailable_shards_exception", "retry"],
    [503, "process_cluster_event_timeout_exception", "retry"],
    [500, null, "retry"],
    [408, null, "retry"],
    [400, "validation_exception", "retry"],
    [400, "index_closed_exception", "retry"],
    [400, "mapper_parsing_exception", "reject"],
    [400, "strict_dynamic_mapping_exception", "reject"],
    [400, "illegal_argument_exception", "reject"],
    [400, null, "reject"],
    [400, "invalid_index_name_exception", "stop"],
    [401, "security_exception", "stop"],
    [403, "security_exception", "stop"],
    [404, "index_not_found_exception", "retry"],
    [404, null, "stop"],
  ])("a %i with %s is: %s", (status, errorType, expected) => {
    expect(bulkOutcome({ status, errorType, errorReason: "" })).toBe(expected);
  });
});

describe("waits between attempts", () => {
  it("they double up to the longest, and are drawn from the upper half", () => {
    const backoff = { firstMs: 100, maxMs: 10_000 };
    expect([1, 2, 3, 8, 1000].map((attempt) => waitMs(attempt, backoff, () => 0))).toEqual([50, 100, 200, 5000, 5000]);
    expect(waitMs(1, backoff, () => 0.5)).toBe(75);
  });
});

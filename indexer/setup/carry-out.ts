import { OpenSearchFault } from "../../runtime/opensearch/fault.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";
import type { Step } from "./step.ts";

/**
 * Does the steps one after the other and tells each when it is done. The first that fails ends it: what is left is found by the next run.
 * @throws OpenSearchFault
 */
export async function carryOut(
  steps: readonly Step[],
  openSearch: OpenSearch,
  onDone: (step: Step) => void,
): Promise<void> {
  for (const step of steps) {
    await send(step, openSearch);
    onDone(step);
  }
}

async function send({ change, requests }: Step, openSearch: OpenSearch): Promise<void> {
  let failure: unknown = null;
  for (const { evenAfterFailure = false, ...request } of requests) {
    if (failure !== null && !evenAfterFailure) continue;
    try {
      await openSearch.request(request);
    } catch (error) {
      // Someone else, another instance perhaps, has deleted it first.
      if (change === "delete" && error instanceof OpenSearchFault && error.status === 404) continue;
      failure ??= error;
    }
  }
  if (failure !== null) throw failure;
}

import type { z } from "zod";
import { type OpenSearchTarget, openSearchTarget } from "../../../cli/entitlements/open-search-target.ts";
import { type OpenTarget, openTarget, type TargetOptions } from "../../../cli/entitlements/open-target.ts";
import type { entitlementsVariables } from "../../../cli/entitlements/variables.ts";
import { PipelineError } from "../../../domain/errors.ts";

export interface BothOptions extends Omit<TargetOptions, "openSearch"> {
  readonly config: z.output<typeof entitlementsVariables>;
  /** Whether to do without an OpenSearch that cannot be reached. */
  readonly canLeaveSearch: boolean;
}

/**
 * Opens the cluster and, where the deployment has one, its OpenSearch: what is sold holds in both, or the deployment says why not.
 * @throws PipelineError as `openTarget` and `openSearchTarget`; `badConfiguration` where the OpenSearch has no users and roles
 */
export async function openBoth(options: BothOptions): Promise<OpenTarget> {
  return openTarget({ ...options, openSearch: await openSearchOf(options) });
}

async function openSearchOf({ config, log, canLeaveSearch }: BothOptions): Promise<OpenSearchTarget | undefined> {
  if (config.OPENSEARCH_URL === undefined) return undefined;
  try {
    const found = await openSearchTarget(config);
    if (found.target !== undefined) return found.target;
    throw new PipelineError("badConfiguration", `What customers may see in OpenSearch cannot hold: ${found.because}.`, {
      remedy: "Give the domain fine-grained access control.",
    });
  } catch (error) {
    const isAway = error instanceof PipelineError && error.code === "openSearchUnreachable";
    if (!isAway || !canLeaveSearch) throw error;
    log.warn(`Customers' users and roles in OpenSearch are left as they are: ${error.line.trim()}`);
    return undefined;
  }
}

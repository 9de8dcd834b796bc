import type { z } from "zod";
import { type OpenSearchTarget, openSearchTarget } from "../../../cli/entitlements/open-search-target.ts";
import { type OpenTarget, openTarget } from "../../../cli/entitlements/open-target.ts";
import type { entitlementsVariables } from "../../../cli/entitlements/variables.ts";
import { PipelineError } from "../../../domain/errors.ts";
import type { Log } from "../../../runtime/log/log.ts";
import type { SecretStore } from "../../../runtime/secrets/secret-store.ts";

export interface BothOptions {
  readonly config: z.output<typeof entitlementsVariables>;
  readonly secrets: SecretStore;
  readonly log: Log;
  readonly onDone: OpenTarget["onDone"];
  /** Whether to do without an OpenSearch that cannot be reached. */
  readonly canLeaveSearch: boolean;
}

/**
 * Opens the cluster and, where the deployment has one, its OpenSearch: what is sold holds in both, or the deployment says why not.
 * @throws PipelineError as `openTarget` and `openSearchTarget`; `badConfiguration` where the OpenSearch has no users and roles
 */
export async function openBoth(options: BothOptions): Promise<OpenTarget> {
  const { config, secrets, log, onDone } = options;
  const openSearch = await openSearchOf(options);
  try {
    const target = await openTarget(config, secrets, log, onDone);
    const close = async () => {
      await target.close();
      await openSearch?.admin.close();
    };
    return { ...target, openSearch, close };
  } catch (error) {
    await openSearch?.admin.close();
    throw error;
  }
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

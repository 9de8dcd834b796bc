import { OpenSearchFault } from "../../runtime/opensearch/fault.ts";
import { readRoles } from "../../runtime/opensearch/security.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";
import type { DashboardsClient } from "../dashboards/dashboards-client.ts";
import { changedObjects, importObjects } from "../dashboards/import.ts";
import { savedObjects } from "../dashboards/saved-objects.ts";
import { carryOut } from "./carry-out.ts";
import { readInForce } from "./in-force.ts";
import { type SetupOptions, setupPlan } from "./plan.ts";
import { rolePlan } from "./role-plan.ts";
import { type RoleHolders, wantedRoles } from "./roles.ts";
import { joinPlans, type Plan, type Step, stepText } from "./step.ts";

export interface SetupDeps {
  readonly openSearch: OpenSearch;
  /** Null: Dashboards are left alone. */
  readonly dashboards: DashboardsClient | null;
  /** True: it is only told what would be done. */
  readonly planOnly: boolean;
  /** Left out: who has the roles is left as it is. */
  readonly holders?: RoleHolders;
  readonly write: (text: string) => void;
}

/**
 * Makes OpenSearch and its Dashboards as wanted, and tells each change; doing it again changes nothing.
 * @throws PipelineError; what was done until then stays, and the next run goes on from there
 */
export async function runSetup(options: SetupOptions, deps: SetupDeps): Promise<void> {
  const { openSearch, dashboards, planOnly, write } = deps;
  const { indexPrefix } = options.templates;
  const { steps, notes } = joinPlans([
    setupPlan(options, await readInForce(openSearch, indexPrefix)),
    await accessPlan(indexPrefix, deps),
  ]);
  let changes = steps.length;
  if (planOnly) for (const step of steps) write(stepText(step));
  else await carryOut(steps, openSearch, (step) => write(stepText(step)));
  if (dashboards !== null) {
    const objects = savedObjects(indexPrefix);
    const changed = await changedObjects(objects, dashboards);
    // All of them: an import checks that what an object refers to is there.
    if (changed.length > 0 && !planOnly) await importObjects(objects, dashboards);
    for (const { object, change, details } of changed) {
      write(stepText({ change, subject: `${object.type} ${object.id}`, details, requests: [] } satisfies Step));
    }
    changes += changed.length;
  }
  for (const note of notes) write(`note: ${note}\n`);
  write(planOnly ? `${changes} to change; nothing was changed.\n` : `${changes} changed.\n`);
}

/** The roles, where there is a security plugin and this user may manage it. */
async function accessPlan(indexPrefix: string, { openSearch, holders = unchanged }: SetupDeps): Promise<Plan> {
  const named = Object.values(holders).some((each) => each !== null);
  try {
    const found = await readRoles(openSearch);
    if (found !== null) return rolePlan(wantedRoles(indexPrefix, holders), found);
    return { steps: [], notes: named ? ["This OpenSearch has no security plugin, and so no roles."] : [] };
  } catch (error) {
    if (named || !(error instanceof OpenSearchFault) || error.status !== 403) throw error;
    return { steps: [], notes: ["Roles are left as they are: this user may not manage them."] };
  }
}

const unchanged: RoleHolders = { writers: null, keepers: null, readers: null };

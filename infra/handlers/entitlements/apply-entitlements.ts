import { carryOut } from "../../../cli/entitlements/carry-out.ts";
import type { OpenTarget } from "../../../cli/entitlements/open-target.ts";
import { type PlanOptions, planOf } from "../../../cli/entitlements/plans.ts";
import { readInForce } from "../../../cli/entitlements/read-in-force.ts";
import { desiredState } from "../../../domain/entitlements/desired-state.ts";
import type { Entitlements } from "../../../domain/entitlements/entitlements.ts";
import { type Step, stepLines } from "../../../domain/entitlements/step.ts";
import type { Log } from "../../../runtime/log/log.ts";

/** Entitlements of a deployment that is being taken away. */
export const nobody: Entitlements = { products: [], customers: [] };

/** A function lives for 15 minutes. No step is begun after this time, and no user is waited for longer than the next. */
const workMsMax = 5 * 60_000;
const takesMsMax = 3 * 60_000;

export interface ApplyDeps {
  readonly log: Log;
  /** Milliseconds, from any start. */
  readonly nowMs: () => number;
  readonly open: (onDone: (step: Step) => void) => Promise<OpenTarget>;
}

/**
 * Makes entitlements hold. True when they do; false where the time was up after one of the steps, and the rest is to be done by another call.
 * @throws PipelineError as `planOf`, where it refuses to do harm that nobody asked for, and as each step
 */
export async function applyEntitlements(
  entitlements: Entitlements,
  options: PlanOptions,
  { log, nowMs, open }: ApplyDeps,
): Promise<boolean> {
  const endMs = nowMs() + workMsMax;
  const target = await open((step) => {
    for (const line of stepLines(step)) log.info(line);
    if (nowMs() > endMs) throw new TimeUp();
  });
  try {
    const { steps, notes } = planOf(desiredState(entitlements, options.prefix), await readInForce(target), options);
    for (const note of notes) log.info(`! ${note}`);
    await carryOut(steps, { ...target, users: { ...target.users, takesMsMax } });
    log.info(steps.length === 0 ? "Nothing to change." : "Applied.");
    return true;
  } catch (error) {
    if (!(error instanceof TimeUp)) throw error;
    log.info("There is more to do.");
    return false;
  } finally {
    await target.close();
  }
}

/** Ends the work between two steps. */
class TimeUp extends Error {}

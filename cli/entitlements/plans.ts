import type { DesiredState } from "../../domain/entitlements/desired-state.ts";
import { difference } from "../../domain/entitlements/difference.ts";
import { customerUsers, type InForce } from "../../domain/entitlements/in-force.ts";
import { finishRotation, isRotating, rotation } from "../../domain/entitlements/rotation.ts";
import type { Plan } from "../../domain/entitlements/step.ts";
import { PipelineError } from "../../domain/errors.ts";

export interface PlanOptions {
  readonly prefix: string;
  readonly deleteTopics?: boolean;
  readonly removeAll?: boolean;
}

/**
 * What `apply` does.
 * @throws PipelineError `badConfiguration` where every customer that there is would go and nobody said so: a wrong file, or a wrong cluster
 */
export function planOf(desired: DesiredState, inForce: InForce, options: PlanOptions): Plan {
  const known = customerUsers(inForce, options.prefix);
  const stays = desired.users.some(({ user }) => known.has(user));
  if (known.size > 0 && !stays && options.removeAll !== true) {
    const names = [...known].toSorted().join(", ");
    throw new PipelineError("badConfiguration", `The file has none of the users that there are now: ${names}.`, {
      remedy: "See that it is the right file and the right cluster; `apply --remove-all` removes them all.",
    });
  }
  return difference(desired, inForce, { prefix: options.prefix, deleteTopics: options.deleteTopics === true });
}

export interface RotationOptions {
  readonly user?: string;
  readonly customer?: string;
  readonly finish?: boolean;
}

/**
 * What `rotate` does, user by user. Of a customer, users whose last rotation is not finished are passed over: to rotate one again would cut off
 * programs that have not moved yet, as when a run that failed half-way is repeated. Who is named is rotated.
 * @throws PipelineError `badConfiguration` where the users are not named, unknown, or one of them is not in force: then none is rotated
 */
export function rotationPlans(
  desired: DesiredState,
  inForce: InForce,
  { user, customer, finish = false }: RotationOptions,
): readonly { readonly user: string; readonly plan: Plan }[] {
  if ((user === undefined) === (customer === undefined)) {
    throw new PipelineError("badConfiguration", "Whose password to rotate is not said.", {
      remedy: "Give either --user or --customer.",
    });
  }
  const chosen = desired.users.filter((each) => each.user === user || each.customer === customer);
  if (chosen.length === 0) {
    const what = user === undefined ? `customer ${customer}` : `user ${user}`;
    throw new PipelineError("badConfiguration", `The file has no ${what}.`, { remedy: "Give a name that it has." });
  }
  return chosen.map((each) => {
    if (finish) return { user: each.user, plan: finishRotation(each, inForce) };
    if (user === undefined && isRotating(each, inForce)) return { user: each.user, plan: passedOver(each.user) };
    return { user: each.user, plan: rotation(each, inForce) };
  });
}

function passedOver(user: string): Plan {
  const remedy = `\`entitlements rotate --user ${user}\` with --finish ends it, without rotates again`;
  return { steps: [], notes: [`${user} was passed over: its last rotation is not finished; ${remedy}`] };
}

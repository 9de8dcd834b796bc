import type { DesiredState, DesiredUser } from "../../domain/entitlements/desired-state.ts";
import { difference } from "../../domain/entitlements/difference.ts";
import { customerUsers, type InForce, ownerInForce } from "../../domain/entitlements/in-force.ts";
import { rotationInOpenSearch, withOpenSearch } from "../../domain/entitlements/open-search-steps.ts";
import { finishRotation, isRotating, rotation } from "../../domain/entitlements/rotation.ts";
import type { Plan } from "../../domain/entitlements/step.ts";
import { PipelineError } from "../../domain/errors.ts";

export interface PlanOptions {
  readonly prefix: string;
  readonly deleteTopics?: boolean;
  readonly removeAll?: boolean;
  readonly newPasswords?: boolean;
}

/**
 * What `apply` does.
 * @throws PipelineError `badConfiguration` where it would do harm that nobody asked for: where every customer that there is would go (a wrong
 * file, or a wrong cluster), where users would get new passwords because theirs are not in this store (a wrong store), or where a user would go
 * from one customer to another while connections of the first may be open
 */
export function planOf(desired: DesiredState, inForce: InForce, options: PlanOptions): Plan {
  requireSomeUsers(desired, inForce, options);
  const cutOff = desired.users.filter((user) => isWithoutSecrets(user, inForce)).map(({ user }) => user);
  if (cutOff.length > 0 && options.newPasswords !== true) {
    throw new PipelineError(
      "badConfiguration",
      `The cluster has users of which this store of secrets has nothing, so that their passwords would be changed: ${cutOff.join(", ")}.`,
      {
        remedy:
          "See that AWS_REGION, the account or --secrets-dir names the right store; `apply --new-passwords` gives them new passwords and cuts off whoever uses the old ones.",
      },
    );
  }
  requireNoMoves(desired, inForce, options.prefix);
  const plan = difference(desired, inForce, { prefix: options.prefix, deleteTopics: options.deleteTopics === true });
  const notes = cutOff.map((user) => `of ${user} this store has nothing: it gets a new password, and the old one ends`);
  return withOpenSearch({ ...plan, notes: [...plan.notes, ...notes] }, desired, inForce, options.prefix);
}

function requireSomeUsers(desired: DesiredState, inForce: InForce, { prefix, removeAll }: PlanOptions): void {
  const known = customerUsers(inForce, prefix);
  const stays = desired.users.some(({ user }) => known.has(user));
  if (known.size === 0 || stays || removeAll === true) return;
  const names = [...known].toSorted().join(", ");
  throw new PipelineError("badConfiguration", `The file has none of the users that there are now: ${names}.`, {
    remedy: "See that it is the right file and the right cluster; `apply --remove-all` removes them all.",
  });
}

/** No run that was cut short leaves such a user: its secret is the first thing made, and the last that goes. */
function isWithoutSecrets({ identities, clientSecret }: DesiredUser, { scramUsers, secrets }: InForce): boolean {
  const hasUser = identities.some(({ username }) => scramUsers.has(username));
  return hasUser && ![clientSecret, ...identities.map(({ secret }) => secret)].some((name) => secrets.has(name));
}

function requireNoMoves({ users }: DesiredState, inForce: InForce, prefix: string): void {
  const moves = users.flatMap(({ user, customer }) => {
    const owner = ownerInForce(inForce, user, prefix);
    return owner === null || owner === customer ? [] : [`${user} from ${owner} to ${customer}`];
  });
  if (moves.length === 0) return;
  throw new PipelineError("badConfiguration", `Users would go from one customer to another: ${moves.join(", ")}.`, {
    remedy:
      "Connections that are open keep their user's name, and would read what the new customer bought. Give the new customer a user of another name; or apply without it, wait as long as the listener's connections.max.reauth.ms, and apply again.",
  });
}

export interface RotationOptions {
  readonly user?: string;
  readonly customer?: string;
  readonly finish?: boolean;
  /** Passes over a named user, too, whose last rotation is not finished: for requests that may arrive twice. @default false */
  readonly isOnce?: boolean;
}

/**
 * What `rotate` does, user by user. Of a customer, users whose last rotation is not finished are passed over: to rotate one again would cut off
 * programs that have not moved yet, as when a run that failed half-way is repeated. Who is named is rotated.
 * @throws PipelineError `badConfiguration` where the users are not named, unknown, or one of them is not in force: then none is rotated
 */
export function rotationPlans(
  desired: DesiredState,
  inForce: InForce,
  { user, customer, finish = false, isOnce = false }: RotationOptions,
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
    const besides = (plan: Plan) => ({ user: each.user, plan: rotationInOpenSearch(plan, desired, inForce) });
    if (finish) return besides(finishRotation(each, inForce));
    const canRepeat = user !== undefined && !isOnce;
    if (!canRepeat && isRotating(each, inForce)) return { user: each.user, plan: passedOver(each.user, isOnce) };
    return besides(rotation(each, inForce));
  });
}

function passedOver(user: string, isOnce: boolean): Plan {
  const remedy = isOnce
    ? "finish it before the next one"
    : `\`entitlements rotate --user ${user}\` with --finish ends it, without rotates again`;
  return { steps: [], notes: [`${user} was passed over: its last rotation is not finished; ${remedy}`] };
}

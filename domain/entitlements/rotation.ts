import { PipelineError } from "../errors.ts";
import { aclKey, isDenial } from "./acl-binding.ts";
import type { DesiredUser } from "./desired-state.ts";
import { handOver, identitiesInUse, strayIdentity } from "./difference.ts";
import type { Identity } from "./identities.ts";
import { type InForce, rightsOf } from "./in-force.ts";
import { revocation } from "./removal.ts";
import type { Plan, Step } from "./step.ts";
import { isWithheld, withheldMark, withheldMarks } from "./withheld.ts";

/**
 * Gives a user a new password without an outage: the identity that is not in use gets one, is proved to work, and is handed over to. The
 * identity used so far stays good until `finishRotation` or the next rotation, so that programs can move when they next read the secret.
 * @throws PipelineError `badConfiguration` where the user is not in force yet
 */
export function rotation(user: DesiredUser, inForce: InForce): Plan {
  const { active, other } = identitiesInUse(user, inForce);
  if (!inForce.secrets.has(user.clientSecret) || !inForce.scramUsers.has(active.username)) {
    throw new PipelineError("badConfiguration", `The user ${user.user} is not in force yet.`, {
      remedy: "Run `bellwether entitlements apply` first.",
    });
  }
  const identity = other;
  const mark = withheldMark(identity);
  const stale = withheldMarks(user.identities, inForce.acls).filter((acl) => aclKey(acl) !== aclKey(mark));
  return {
    steps: [
      { do: "grant", acls: [mark] },
      ...revocation(stale),
      { do: "makePassword", identity, replaces: inForce.secrets.has(other.secret) },
      { do: "makeUser", identity, replaces: inForce.scramUsers.has(other.username) },
      ...sameRights(identity, active, inForce),
      { do: "proveSignIn", identity },
      handOver(user, identity, true),
      { do: "revoke", acls: [mark] },
    ],
    notes: [
      `${active.username} stays good until \`entitlements rotate --user ${user.user} --finish\` or the next rotation`,
    ],
  };
}

/** Just what the other identity has now, whatever the file says by now: that is for `apply` to see to. */
function sameRights(identity: Identity, as: Identity, inForce: InForce): readonly Step[] {
  const wanted = rightsOf(inForce, as.username).map((acl) => ({ ...acl, principal: `User:${identity.username}` }));
  const keys = new Set(wanted.map(aclKey));
  const extra = rightsOf(inForce, identity.username).filter((acl) => !isDenial(acl) && !keys.has(aclKey(acl)));
  return [...revocation(extra), ...(wanted.length === 0 ? [] : [{ do: "grant", acls: wanted } as const])];
}

/** True while what the last rotation replaced is still good. */
export function isRotating(user: DesiredUser, inForce: InForce): boolean {
  return identitiesInUse(user, inForce).otherIsGood;
}

/**
 * Ends a rotation: the identity that was handed over from loses its rights and its password. Nothing where there is none.
 * @throws PipelineError `badConfiguration` where the last rotation was cut short before it was handed over: what it was to replace is still in use
 */
export function finishRotation(user: DesiredUser, inForce: InForce): Plan {
  const { active, other } = identitiesInUse(user, inForce);
  if (isWithheld(other, inForce.acls)) {
    throw new PipelineError(
      "badConfiguration",
      `The last rotation of ${user.user} was cut short: its programs still sign in as ${active.username}, with the password from before.`,
      { remedy: `Run \`bellwether entitlements rotate --user ${user.user}\` again, and finish that one.` },
    );
  }
  const marks = revocation(withheldMarks(user.identities, inForce.acls));
  return { steps: [...strayIdentity(other, inForce), ...marks], notes: [`${active.username} is in force`] };
}

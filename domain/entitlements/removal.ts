import { type AclBinding, aclKey, isDenial } from "./acl-binding.ts";
import { groupPrefixOf, identitiesOf, ownerOfSecret } from "./identities.ts";
import { type InForce, rightsOf } from "./in-force.ts";
import type { Step } from "./step.ts";
import { withheldMarks } from "./withheld.ts";

/**
 * Removes all that users have. The rights of all go before anything that may take its time, and first of all, for a connection that is open
 * outlives its user; the secrets go last, for they are what tells that a user was ours, should something fail in between.
 */
export function removalSteps(users: readonly string[], inForce: InForce, prefix: string): readonly Step[] {
  const identities = users.flatMap((user) => identitiesOf(user, prefix));
  // What somebody has denied stays so, should the name come back.
  const rights = identities.flatMap(({ username }) => rightsOf(inForce, username)).filter((acl) => !isDenial(acl));
  const beginnings = users.map(groupPrefixOf);
  const groups = inForce.groups.filter((group) => beginnings.some((beginning) => group.startsWith(beginning)));
  const secrets = [...inForce.secrets.keys()].filter((name) => {
    const owner = ownerOfSecret(name, prefix);
    return owner !== null && users.includes(owner.user);
  });
  return [
    ...revocation(rights.filter(({ resource }) => resource !== "group")),
    ...identities
      .filter(({ username }) => inForce.scramUsers.has(username))
      .map((identity) => ({ do: "removeUser", identity }) as const),
    ...revocation([
      ...rights.filter(({ resource }) => resource === "group"),
      ...withheldMarks(identities, inForce.acls),
    ]),
    ...(groups.length === 0 ? [] : [{ do: "deleteGroups", groups } as const]),
    ...secrets.map((secret) => ({ do: "deleteSecret", secret }) as const),
  ];
}

/** Takes rights away; nothing where there are none. */
export function revocation(acls: readonly AclBinding[]): readonly Step[] {
  return acls.length === 0 ? [] : [{ do: "revoke", acls }];
}

/** Gives rights; nothing where there are none. */
export function granting(acls: readonly AclBinding[]): readonly Step[] {
  return acls.length === 0 ? [] : [{ do: "grant", acls }];
}

/** Those of the wanted rights that are not there. */
export function missingFrom(acls: readonly AclBinding[], wanted: readonly AclBinding[]): readonly AclBinding[] {
  const known = new Set(acls.map(aclKey));
  return wanted.filter((acl) => !known.has(aclKey(acl)));
}

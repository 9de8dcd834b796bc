import type { AclBinding } from "./acl-binding.ts";
import { groupPrefixOf, identitiesOf, ownerOfSecret } from "./identities.ts";
import { type InForce, rightsOf } from "./in-force.ts";
import type { Step } from "./step.ts";

/**
 * Removes all that a user has. Its rights go first, for a connection that is open outlives its user; its secrets go last, for they are what
 * tells that the user was ours, should something fail in between.
 */
export function removalSteps(user: string, inForce: InForce, prefix: string): readonly Step[] {
  const identities = identitiesOf(user, prefix);
  const rights = identities.flatMap(({ username }) => rightsOf(inForce, username));
  const groups = inForce.groups.filter((group) => group.startsWith(groupPrefixOf(user)));
  const secrets = [...inForce.secrets.keys()].filter((name) => ownerOfSecret(name, prefix)?.user === user);
  return [
    ...revocation(rights.filter(({ resource }) => resource !== "group")),
    ...identities
      .filter(({ username }) => inForce.scramUsers.has(username))
      .map((identity) => ({ do: "removeUser", identity }) as const),
    ...revocation(rights.filter(({ resource }) => resource === "group")),
    ...(groups.length === 0 ? [] : [{ do: "deleteGroups", groups } as const]),
    ...secrets.map((secret) => ({ do: "deleteSecret", secret }) as const),
  ];
}

/** Takes rights away; nothing where there are none. */
export function revocation(acls: readonly AclBinding[]): readonly Step[] {
  return acls.length === 0 ? [] : [{ do: "revoke", acls }];
}

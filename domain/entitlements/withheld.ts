import type { AclBinding } from "./acl-binding.ts";
import { groupPrefixOf, type Identity, userOfIdentity } from "./identities.ts";

const withheldType = "Withheld:";

/**
 * Says that an identity's password was made for a rotation, and not handed over yet: without it a rotation that was cut short would look like one
 * that is done, and ending it would end the wrong identity. It stands with the rights, as one of nobody (see `topicMark`).
 */
export function withheldMark({ username }: Identity): AclBinding {
  const name = groupPrefixOf(userOfIdentity(username) ?? username);
  const [resource, pattern, operation] = ["group", "prefixed", "describe"];
  return {
    principal: `${withheldType}${username}`,
    host: "*",
    resource,
    name,
    pattern,
    operation,
    permission: "allow",
  };
}

/** True where the identity was made and not handed over. */
export function isWithheld(identity: Identity, acls: readonly AclBinding[]): boolean {
  return withheldMarks([identity], acls).length > 0;
}

/** The marks of these identities. */
export function withheldMarks(identities: readonly Identity[], acls: readonly AclBinding[]): readonly AclBinding[] {
  const principals = new Set(identities.map((identity) => withheldMark(identity).principal));
  return acls.filter(({ principal }) => principals.has(principal));
}

/** What such a mark says, for people; null for a right of another kind. */
export function withheldText({ principal }: AclBinding): string | null {
  if (!principal.startsWith(withheldType)) return null;
  return `the password of ${principal.slice(withheldType.length)} is not handed over yet`;
}

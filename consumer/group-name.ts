import { randomUUID } from "node:crypto";
import { groupPrefixOf, userOfIdentity } from "../domain/entitlements/identities.ts";

/**
 * The group's name in Kafka. A customer's rights are for groups that begin with the user's name and a hyphen; a name that does already is
 * taken as it is. Without a name, one that nobody else has.
 */
export function groupName(name: string | undefined, username: string | undefined): string {
  const own = name ?? randomUUID();
  const prefix = username === undefined ? (name === undefined ? "bellwether-" : "") : groupPrefix(username);
  return own.startsWith(prefix) ? own : prefix + own;
}

/** What a user's groups begin with: the same for both identities that take turns in a rotation, so that it loses no place. */
export function groupPrefix(username: string): string {
  return groupPrefixOf(userOfIdentity(username) ?? username);
}

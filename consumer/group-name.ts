import { randomUUID } from "node:crypto";

/**
 * The group's name in Kafka. A customer's rights are for groups that begin with the user's name and a hyphen; a name that does already is
 * taken as it is. Without a name, one that nobody else has.
 */
export function groupName(name: string | undefined, username: string | undefined): string {
  const own = name ?? randomUUID();
  if (username === undefined) return name ?? `bellwether-${own}`;
  return own.startsWith(`${username}-`) ? own : `${username}-${own}`;
}

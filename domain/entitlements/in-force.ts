import type { AclBinding } from "./acl-binding.ts";
import { deploymentsOf } from "./deployments.ts";
import { groupPrefixOf, type Identity, ownerOfSecret, userOfIdentity } from "./identities.ts";
import { reservedUsers } from "./relations.ts";
import type { WholeMapping, WholeRole } from "./role-definition.ts";

/** What is known of a secret without showing it. */
export interface SecretInForce {
  /** The Kafka user that it names; null where it cannot be read as credentials. */
  readonly username: string | null;
  /** The same for the same password, and no way back to it. */
  readonly digest: string | null;
  /** The AWS account that may read it; undefined where the store knows no accounts, null where none may. */
  readonly account: string | null | undefined;
}

/** What a cluster and a store of secrets hold now. */
export interface InForce {
  readonly topics: ReadonlyMap<
    string,
    { readonly partitions: number; readonly configs: Readonly<Record<string, string>> }
  >;
  readonly acls: readonly AclBinding[];
  readonly scramUsers: ReadonlySet<string>;
  /** By name: those of customers only. */
  readonly secrets: ReadonlyMap<string, SecretInForce>;
  readonly groups: readonly string[];
  /** Left out where there is no OpenSearch with a security plugin to see to. */
  readonly openSearch?: OpenSearchInForce;
}

/** What OpenSearch's security plugin holds now, whosever it is. */
export interface OpenSearchInForce {
  readonly roles: ReadonlyMap<string, WholeRole>;
  readonly mappings: ReadonlyMap<string, WholeMapping>;
  readonly users: ReadonlyMap<string, OpenSearchUser>;
}

/** A user that OpenSearch keeps itself; its password cannot be read. */
export interface OpenSearchUser {
  readonly backend_roles: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * The customers' users in force: whoever has a secret of ours, and whoever may read groups that begin with its own name and a hyphen, which
 * is how every customer's right to groups looks and no stage's does. The second finds users whose secrets were lost; one that reads topics of
 * another deployment, and none of this one, is that one's.
 */
export function customerUsers(inForce: InForce, prefix: string): ReadonlySet<string> {
  const { secrets, acls, topics } = inForce;
  const deploymentOf = deploymentsOf(topics.keys(), prefix);
  const bySecret = [...secrets.keys()].map((name) => ownerOfSecret(name, prefix)?.user);
  const byRight = acls.map((acl) => {
    const username = acl.principal.replace(/^User:/, "");
    const user = userOfIdentity(username);
    const isOwnGroups = acl.resource === "group" && acl.pattern === "prefixed" && acl.permission === "allow";
    if (user === null || !isOwnGroups || acl.name !== groupPrefixOf(user)) return undefined;
    const read = rightsOf(inForce, username).filter(({ resource }) => resource === "topic");
    const deployments = new Set(read.map(({ name }) => deploymentOf(name)).filter((each) => each !== null));
    return deployments.size === 0 || deployments.has(prefix) ? user : undefined;
  });
  return new Set(
    [...bySecret, ...byRight].filter((user) => user !== undefined && !reservedUsers.has(user)) as string[],
  );
}

/** The customer that a user's secrets were made for; null where there is no such secret. */
export function ownerInForce({ secrets }: InForce, user: string, prefix: string): string | null {
  for (const name of secrets.keys()) {
    const owner = ownerOfSecret(name, prefix);
    if (owner?.user === user && owner.customer !== null) return owner.customer;
  }
  return null;
}

/** Everything of one user taken out, as it will be once the user is removed. */
export function withoutUser(inForce: InForce, identities: readonly Identity[], user: string, prefix: string): InForce {
  const names = new Set(identities.map(({ username }) => username));
  return {
    ...inForce,
    acls: inForce.acls.filter(({ principal }) => !names.has(principal.replace(/^(User|Withheld):/, ""))),
    scramUsers: new Set([...inForce.scramUsers].filter((name) => !names.has(name))),
    secrets: new Map([...inForce.secrets].filter(([name]) => ownerOfSecret(name, prefix)?.user !== user)),
    groups: inForce.groups.filter((group) => !group.startsWith(groupPrefixOf(user))),
  };
}

/** The rights of one Kafka user. */
export function rightsOf({ acls }: InForce, username: string): readonly AclBinding[] {
  return acls.filter(({ principal }) => principal === `User:${username}`);
}

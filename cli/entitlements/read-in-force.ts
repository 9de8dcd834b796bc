import type { InForce, SecretInForce } from "../../domain/entitlements/in-force.ts";
import type { ClusterAdmin } from "../../runtime/kafka/cluster-admin.ts";
import type { ScramUsers } from "../../runtime/kafka/scram-users.ts";
import type { SecretStore, StoredSecret } from "../../runtime/secrets/secret-store.ts";
import { digestOf, type OpenSearchTarget, readOpenSearch } from "./open-search-target.ts";

/** Where the entitlements take effect. */
export interface Target {
  readonly admin: ClusterAdmin;
  readonly users: ScramUsers;
  readonly secrets: SecretStore;
  readonly prefix: string;
  readonly openSearch?: OpenSearchTarget | undefined;
}

/** Looks up all that is in force now. */
export async function readInForce({ admin, users, secrets, prefix, openSearch }: Target): Promise<InForce> {
  const [topics, acls, scramUsers, groups, stored, found] = await Promise.all([
    admin.topics(),
    admin.acls(),
    users.list(),
    admin.groups(),
    secrets.list([`AmazonMSK_${prefix}`, `${prefix}customer.`]),
    openSearch === undefined ? undefined : readOpenSearch(openSearch),
  ]);
  return {
    topics,
    acls,
    groups,
    scramUsers: new Set(scramUsers),
    secrets: new Map(stored.map((secret) => [secret.name, inForce(secret)])),
    ...(found === undefined ? {} : { openSearch: found }),
  };
}

function inForce({ credentials, account }: StoredSecret): SecretInForce {
  const digest = credentials === null ? null : digestOf(credentials.password);
  return { username: credentials?.username ?? null, digest, account };
}

import { createHash } from "node:crypto";
import type { InForce, SecretInForce } from "../../domain/entitlements/in-force.ts";
import type { ClusterAdmin } from "../../runtime/kafka/cluster-admin.ts";
import type { ScramUsers } from "../../runtime/kafka/scram-users.ts";
import type { SecretStore, StoredSecret } from "../../runtime/secrets/secret-store.ts";

/** Where the entitlements take effect. */
export interface Target {
  readonly admin: ClusterAdmin;
  readonly users: ScramUsers;
  readonly secrets: SecretStore;
  readonly prefix: string;
}

/** Looks up all that is in force now. */
export async function readInForce({ admin, users, secrets, prefix }: Target): Promise<InForce> {
  const [topics, acls, scramUsers, groups, stored] = await Promise.all([
    admin.topics(),
    admin.acls(),
    users.list(),
    admin.groups(),
    secrets.list([`AmazonMSK_${prefix}`, `${prefix}customer.`]),
  ]);
  return {
    topics,
    acls,
    groups,
    scramUsers: new Set(scramUsers),
    secrets: new Map(stored.map((secret) => [secret.name, inForce(secret)])),
  };
}

/** A digest of 256 random bits tells nothing of them, and is not kept or shown anyway. */
function inForce({ credentials, account }: StoredSecret): SecretInForce {
  const digest = credentials === null ? null : createHash("sha256").update(credentials.password).digest("hex");
  return { username: credentials?.username ?? null, digest, account };
}

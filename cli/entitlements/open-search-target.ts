import { createHash } from "node:crypto";
import type { OpenSearchInForce } from "../../domain/entitlements/in-force.ts";
import { createOpenSearch } from "../../runtime/opensearch/client.ts";
import { type OpenSearchSettings, openSearchConnection } from "../../runtime/opensearch/connection.ts";
import { readInternalUsers, readRoles } from "../../runtime/opensearch/security.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";
import type { Credentials } from "../../runtime/secrets/secret-store.ts";

/** An OpenSearch whose security plugin the entitlements take effect in. */
export interface OpenSearchTarget {
  /** Signed in as somebody who may manage roles and users. */
  readonly admin: OpenSearch;
  /** Signed in as a customer's user; to be closed. */
  readonly as: (credentials: Credentials) => OpenSearch;
}

/** The target, or why there is none, as the end of a sentence. */
export type FoundTarget =
  | { readonly target: OpenSearchTarget }
  | { readonly target: undefined; readonly because: string };

/**
 * Opens the OpenSearch that the environment names.
 * @throws OpenSearchFault where it cannot be reached, or this user may not manage roles
 */
export async function openSearchTarget(
  settings: Omit<OpenSearchSettings, "OPENSEARCH_URL"> & { readonly OPENSEARCH_URL?: string | undefined },
): Promise<FoundTarget> {
  const { OPENSEARCH_URL: url } = settings;
  if (url === undefined) return { target: undefined, because: "OPENSEARCH_URL is not set" };
  if (!url.startsWith("https:")) return { target: undefined, because: "OPENSEARCH_URL is not https" };
  const connection = await openSearchConnection({ ...settings, OPENSEARCH_URL: url });
  const admin = createOpenSearch(connection);
  try {
    const isSecured = (await readRoles(admin)) !== null;
    if (isSecured) return { target: { admin, as: (basicAuth) => createOpenSearch({ ...connection, basicAuth }) } };
  } catch (error) {
    await admin.close();
    throw error;
  }
  await admin.close();
  return { target: undefined, because: "it has no security plugin" };
}

/** @throws OpenSearchFault */
export async function readOpenSearch({ admin }: OpenSearchTarget): Promise<OpenSearchInForce> {
  const found = await readRoles(admin);
  if (found === null) throw new Error("the security plugin was there a moment ago");
  return { ...found, users: await readInternalUsers(admin) };
}

/** A digest of 256 random bits tells nothing of them. */
export function digestOf(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}

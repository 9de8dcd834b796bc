import { z } from "zod";
import type { RoleDefinition, RoleMapping } from "../../domain/entitlements/role-definition.ts";
import { OpenSearchFault } from "./fault.ts";
import type { OpenSearch, OpenSearchRequest } from "./types.ts";

const api = "/_plugins/_security/api";

/** A user that the security plugin keeps itself. Its password cannot be read. */
export interface InternalUser {
  readonly backend_roles: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** A role or mapping with all that may be left out, so that two can be compared. */
export type WholeRole = z.output<typeof roleSchema>;
export type WholeMapping = z.output<typeof mappingSchema>;

/** What the security plugin holds, by name. */
export interface FoundRoles {
  readonly roles: ReadonlyMap<string, WholeRole>;
  readonly mappings: ReadonlyMap<string, WholeMapping>;
}

/** The roles and who has them; null where there is no security plugin. @throws OpenSearchFault, 403 for who may not see them */
export async function readRoles(openSearch: OpenSearch): Promise<FoundRoles | null> {
  let roles: unknown;
  try {
    roles = await openSearch.request({ method: "GET", path: `${api}/roles` });
  } catch (error) {
    // Without the plugin nothing answers that path: "no handler found".
    if (error instanceof OpenSearchFault && error.status === 400) return null;
    throw error;
  }
  const mappings = await openSearch.request({ method: "GET", path: `${api}/rolesmapping` });
  return {
    roles: new Map(Object.entries(rolesAnswer.parse(roles))),
    mappings: new Map(Object.entries(mappingsAnswer.parse(mappings))),
  };
}

/** @throws OpenSearchFault */
export async function readInternalUsers(openSearch: OpenSearch): Promise<ReadonlyMap<string, InternalUser>> {
  const answer = await openSearch.request({ method: "GET", path: `${api}/internalusers` });
  return new Map(Object.entries(usersAnswer.parse(answer)));
}

export function wholeRole(definition: RoleDefinition): WholeRole {
  return roleSchema.parse(definition);
}

export function wholeMapping(mapping: RoleMapping): WholeMapping {
  return mappingSchema.parse(mapping);
}

export function putRole(name: string, body: RoleDefinition): OpenSearchRequest {
  return { method: "PUT", path: `${api}/roles/${name}`, body };
}

export function deleteRole(name: string): OpenSearchRequest {
  return { method: "DELETE", path: `${api}/roles/${name}` };
}

export function putMapping(name: string, body: RoleMapping): OpenSearchRequest {
  return { method: "PUT", path: `${api}/rolesmapping/${name}`, body };
}

export function deleteMapping(name: string): OpenSearchRequest {
  return { method: "DELETE", path: `${api}/rolesmapping/${name}` };
}

export function putInternalUser(name: string, password: string, user: InternalUser): OpenSearchRequest {
  return { method: "PUT", path: `${api}/internalusers/${name}`, body: { password, ...user } };
}

export function deleteInternalUser(name: string): OpenSearchRequest {
  return { method: "DELETE", path: `${api}/internalusers/${name}` };
}

/** Their order means nothing. */
const names = z
  .array(z.string())
  .nullish()
  .transform((list) => (list ?? []).toSorted());
const roleSchema = z.object({
  description: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
  cluster_permissions: names,
  index_permissions: z.array(
    z.object({
      index_patterns: names,
      allowed_actions: names,
      dls: z
        .string()
        .nullish()
        .transform((query) => query || null),
      fls: names,
      masked_fields: names,
    }),
  ),
  tenant_permissions: z.array(z.object({ tenant_patterns: names, allowed_actions: names })).default([]),
});
const mappingSchema = z.object({ users: names, backend_roles: names, hosts: names });
const rolesAnswer = z.record(z.string(), roleSchema);
const mappingsAnswer = z.record(z.string(), mappingSchema);
const usersAnswer = z.record(
  z.string(),
  z.object({ backend_roles: names, attributes: z.record(z.string(), z.string()).default({}) }),
);

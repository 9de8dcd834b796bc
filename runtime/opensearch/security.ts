import { z } from "zod";
import type { OpenSearchUser } from "../../domain/entitlements/in-force.ts";
import {
  mappingSchema,
  type RoleDefinition,
  type RoleMapping,
  roleSchema,
  type WholeMapping,
  type WholeRole,
} from "../../domain/entitlements/role-definition.ts";
import { OpenSearchFault } from "./fault.ts";
import type { OpenSearch, OpenSearchRequest } from "./types.ts";

const api = "/_plugins/_security/api";

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
export async function readInternalUsers(openSearch: OpenSearch): Promise<ReadonlyMap<string, OpenSearchUser>> {
  const answer = await openSearch.request({ method: "GET", path: `${api}/internalusers` });
  return new Map(Object.entries(usersAnswer.parse(answer)));
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

export function putInternalUser(name: string, password: string, user: OpenSearchUser): OpenSearchRequest {
  return { method: "PUT", path: `${api}/internalusers/${name}`, body: { password, ...user } };
}

export function deleteInternalUser(name: string): OpenSearchRequest {
  return { method: "DELETE", path: `${api}/internalusers/${name}` };
}

const rolesAnswer = z.record(z.string(), roleSchema);
const mappingsAnswer = z.record(z.string(), mappingSchema);
const usersAnswer = z.record(
  z.string(),
  z.object({
    backend_roles: z.array(z.string()).default([]),
    attributes: z.record(z.string(), z.string()).default({}),
  }),
);

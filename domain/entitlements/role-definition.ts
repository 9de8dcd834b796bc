import { z } from "zod";

/** A role of OpenSearch's security plugin, as `PUT _plugins/_security/api/roles/{name}` takes it. What it does not name is refused. */
export interface RoleDefinition {
  readonly description: string;
  readonly cluster_permissions: readonly string[];
  readonly index_permissions: readonly IndexPermission[];
  readonly tenant_permissions: readonly TenantPermission[];
}

export interface IndexPermission {
  readonly index_patterns: readonly string[];
  readonly allowed_actions: readonly string[];
  /** A query in JSON text: which documents are seen. Left out: all. */
  readonly dls?: string;
  /** Which fields are seen. Left out: all. */
  readonly fls?: readonly string[];
}

/** Rights to saved objects of Dashboards. */
export interface TenantPermission {
  readonly tenant_patterns: readonly string[];
  readonly allowed_actions: readonly string[];
}

/** Who has a role. */
export interface RoleMapping {
  readonly users: readonly string[];
  /** Groups of users, as whoever signs them in tells them. */
  readonly backend_roles: readonly string[];
}

/** A role or mapping with all that may be left out, so that two can be compared. */
export type WholeRole = z.output<typeof roleSchema>;
export type WholeMapping = z.output<typeof mappingSchema>;

export function wholeRole(definition: RoleDefinition): WholeRole {
  return roleSchema.parse(definition);
}

export function wholeMapping(mapping: RoleMapping): WholeMapping {
  return mappingSchema.parse(mapping);
}

/** Their order means nothing. */
const names = z
  .array(z.string())
  .nullish()
  .transform((list) => (list ?? []).toSorted());
/** A role as OpenSearch tells it. */
export const roleSchema = z.object({
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
/** Who has a role, as OpenSearch tells it. */
export const mappingSchema = z.object({ users: names, backend_roles: names, hosts: names });

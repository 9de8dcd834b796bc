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

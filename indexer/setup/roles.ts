import type { RoleDefinition, RoleMapping } from "../../domain/entitlements/role-definition.ts";
import { indexPattern } from "../index-names.ts";
import { kindNames } from "../kinds.ts";

/** Who has each role; null: whoever has it by now. */
export interface RoleHolders {
  readonly writers: RoleMapping | null;
  readonly keepers: RoleMapping | null;
  readonly readers: RoleMapping | null;
}

/** A role of a deployment as it should be. */
export interface WantedRole {
  readonly name: string;
  readonly definition: RoleDefinition;
  readonly holders: RoleMapping | null;
}

/** The roles of a deployment's own programs and people; those of customers follow from the entitlements. */
export function wantedRoles(indexPrefix: string, { writers, keepers, readers }: RoleHolders): readonly WantedRole[] {
  const index_patterns = kindNames.map((kind) => indexPattern(indexPrefix, kind));
  return [
    {
      name: `${indexPrefix}writer`,
      definition: {
        description: "Bellwether: the indexer writes documents and makes each day's indices by the templates",
        cluster_permissions: writerClusterActions,
        index_permissions: [{ index_patterns, allowed_actions: writerActions }],
        tenant_permissions: [],
      },
      holders: writers,
    },
    {
      name: `${indexPrefix}keeper`,
      definition: {
        description: "Bellwether: an indexer that deletes and compresses old days, besides being a writer",
        cluster_permissions: keeperClusterActions,
        index_permissions: [{ index_patterns, allowed_actions: keeperActions }],
        tenant_permissions: [],
      },
      holders: keepers,
    },
    {
      name: `${indexPrefix}reader`,
      definition: {
        description: "Bellwether: people search everything and look at the dashboards",
        cluster_permissions: ["cluster_composite_ops_ro"],
        index_permissions: [{ index_patterns, allowed_actions: ["read", "indices:admin/mappings/get"] }],
        tenant_permissions: [{ tenant_patterns: ["global_tenant"], allowed_actions: ["kibana_all_read"] }],
      },
      holders: readers,
    },
  ];
}

/** To send bulk requests, and to ask what a new index would be like. */
const writerClusterActions = ["indices:data/write/bulk", "indices:admin/index_template/simulate_index"];

/**
 * What is done for a document that is put: its day's index is made if need be, and gets the fields of a window of an interval that it has not seen yet,
 * as the template allows: the plugin asks for the right to put mappings then. At its start the indexer gives older indices the fields that they lack
 * by the same right, and sees that they have them. No right to read or delete documents, nor indices.
 */
const writerActions = [
  "indices:data/write/bulk*",
  "indices:data/write/index",
  "indices:admin/create",
  "indices:admin/mapping/put",
  "indices:admin/mappings/get",
];

/** To see whether a policy deletes. */
const keeperClusterActions = [
  "cluster:admin/opendistro/ism/policy/get",
  "cluster:admin/opendistro/ism/managedindex/explain",
];

const keeperActions = [
  "indices:monitor/settings/get",
  "indices:monitor/stats",
  "indices:admin/mappings/get",
  "indices:admin/opensearch/ism/managedindex",
  "indices:admin/delete",
  "indices:admin/flush*",
  "indices:admin/close*",
  "indices:admin/open",
  "indices:admin/settings/update",
  "indices:admin/forcemerge*",
];

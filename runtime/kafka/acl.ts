import type { AclSpec } from "./types.ts";

// Kafka's numbers of its wire protocol: org.apache.kafka.common.acl and .resource.
const resourceTypes = { topic: 2, group: 3, cluster: 4, transactionalId: 5 } as const;
const patternTypes = { literal: 3, prefixed: 4 } as const;
const operations = { read: 3, write: 4, create: 5, describe: 8, idempotentWrite: 12 } as const;
const allow = 3;

/** What matches every right. */
export const anyAcl = {
  resourceType: 1,
  resourceName: null,
  resourcePatternType: 1,
  principal: null,
  host: null,
  operation: 1,
  permissionType: 1,
} as const;

/** A right as the wire protocol numbers it; from any host. */
export function aclEntry(spec: AclSpec) {
  return {
    resourceType: resourceTypes[spec.resource],
    resourceName: spec.name,
    resourcePatternType: patternTypes[spec.pattern],
    principal: spec.principal,
    host: "*",
    operation: operations[spec.operation],
    permissionType: allow,
  };
}

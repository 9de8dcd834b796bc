import type Cluster from "kafkajs/src/cluster/index.js";
import { type AclBinding, aclKey } from "../../domain/entitlements/acl-binding.ts";
import type { AclSpec } from "./admin-types.ts";

// Kafka's numbers of its wire protocol: org.apache.kafka.common.acl and .resource.
const resourceTypes: Numbers = { topic: 2, group: 3, cluster: 4, transactionalId: 5, delegationToken: 6, user: 7 };
const patternTypes: Numbers = { literal: 3, prefixed: 4 };
const permissions: Numbers = { deny: 2, allow: 3 };
const operations: Numbers = {
  ...{ all: 2, read: 3, write: 4, create: 5, delete: 6, alter: 7, describe: 8, clusterAction: 9 },
  ...{ describeConfigs: 10, alterConfigs: 11, idempotentWrite: 12, createTokens: 13, describeTokens: 14 },
};

type Numbers = Readonly<Record<string, number>>;

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

/** A right as the wire protocol numbers it; leave, and from any host, where the right does not say. */
export function aclEntry(spec: AclSpec | AclBinding) {
  return {
    resourceType: numberOf(resourceTypes, spec.resource),
    resourceName: spec.name,
    resourcePatternType: numberOf(patternTypes, spec.pattern),
    principal: spec.principal,
    host: "host" in spec ? spec.host : "*",
    operation: numberOf(operations, spec.operation),
    permissionType: numberOf(permissions, "permission" in spec ? spec.permission : "allow"),
  };
}

/** The right that the wire protocol's numbers tell; what has no name here keeps its number, so that it is still told from others. */
export function aclBinding(entry: ReturnType<typeof aclEntry>): AclBinding {
  return {
    principal: entry.principal,
    host: entry.host,
    resource: nameOf(resourceTypes, entry.resourceType),
    name: entry.resourceName,
    pattern: nameOf(patternTypes, entry.resourcePatternType),
    operation: nameOf(operations, entry.operation),
    permission: nameOf(permissions, entry.permissionType),
  };
}

/** The rights that a broker judges by. */
export async function aclsOf(broker: Cluster.Broker): Promise<readonly AclBinding[]> {
  const { resources } = await broker.describeAcls(anyAcl);
  return resources.flatMap((resource) => resource.acls.map((acl) => aclBinding({ ...resource, ...acl })));
}

/** The same of each broker, as `aclKey`s: what the cluster has taken, one may judge by a moment later. */
export async function aclKeysByBroker(cluster: Cluster): Promise<readonly ReadonlySet<string>[]> {
  await cluster.refreshMetadata();
  const nodes = Object.keys(cluster.brokerPool.brokers);
  const keysOf = async (nodeId: number) => new Set((await aclsOf(await cluster.findBroker({ nodeId }))).map(aclKey));
  return Promise.all(nodes.map((nodeId) => keysOf(Number(nodeId))));
}

/** Kafka's name of an operation by its number. */
export function operationName(number: number): string {
  return nameOf(operations, number);
}

function numberOf(numbers: Numbers, name: string): number {
  return numbers[name] ?? Number(name);
}

function nameOf(numbers: Numbers, number: number): string {
  return Object.keys(numbers).find((name) => numbers[name] === number) ?? String(number);
}

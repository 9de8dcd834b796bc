import type Cluster from "kafkajs/src/cluster/index.js";
import { expect, it } from "vitest";
import { allowed } from "../../../domain/entitlements/acl-binding.ts";
import { aclEntry } from "../../../runtime/kafka/acl.ts";
import { clusterAdminOf } from "../../../runtime/kafka/cluster-admin.ts";

const right = allowed("alice", "read", "topic", "market.enriched");

type Link = Parameters<typeof clusterAdminOf>[0];

/** Two brokers: the first takes every change over at once, the second only after it was asked so many times. */
function linkTo(askedMax: number): Link {
  const known = [new Set(["right"]), new Set(["right"])];
  let asked = 0;
  const brokers = known.map((held, at) => ({
    describeAcls: async () => {
      if (at === 1 && ++asked > askedMax) held.clear();
      const { resourceType, resourceName, resourcePatternType, ...acl } = aclEntry(right);
      const resource = { resourceType, resourceName, resourcePatternType };
      return { resources: held.size === 0 ? [] : [{ ...resource, acls: [acl] }] };
    },
    deleteAcls: async () => known[0]?.clear(),
  }));
  const cluster = {
    brokerPool: { brokers: { 1: brokers[0], 2: brokers[1] } },
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    findControllerBroker: async () => brokers[0],
    findBroker: async ({ nodeId }: { nodeId: number }) => brokers[nodeId - 1],
  };
  return {
    connection: { brokers: [], clientId: "test", tls: null, sasl: null },
    cluster: async () => cluster as unknown as Cluster,
    faultOf: async (error) => error,
    drop() {},
    reportTrouble() {},
    reportWell() {},
    close() {},
  } as Partial<Link> as Link;
}

it("rights are gone when the last broker has forgotten them", async () => {
  const admin = clusterAdminOf(linkTo(3));
  await admin.deleteAcls([right]);
  expect(await admin.acls()).toEqual([]);
});

it("rights that one broker still judges by are not told to be gone", async () => {
  const admin = clusterAdminOf(linkTo(Number.POSITIVE_INFINITY), 100);
  await expect(admin.deleteAcls([right])).rejects.toMatchObject({ code: "kafkaFailed", retriable: true });
});

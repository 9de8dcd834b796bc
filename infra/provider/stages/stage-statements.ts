import type { AclBinding } from "../../../domain/entitlements/acl-binding.ts";
import { publishedTopics, topicNames } from "../../../domain/topics.ts";
import type { KafkaRights } from "../kafka-policy.ts";

/** The stages that have machines. */
export type StageName = "producer" | "enricher" | "indexer" | "distributor";

/**
 * What each stage may do in the cluster, and no more (D1): by IAM what `stageRights` gives by ACLs. The distributor's rights on products' topics
 * follow from the entitlements alone.
 */
export function stageKafkaRights(
  prefix: string,
  distributorRights: readonly AclBinding[],
): Readonly<Record<StageName, KafkaRights>> {
  const topics = topicNames(prefix);
  return {
    producer: { write: [topics.raw] },
    enricher: {
      read: [topics.raw, topics.state],
      write: [...publishedTopics(topics), topics.state],
      groups: [`${prefix}enricher`],
      transactionalIds: [`${prefix}enricher`],
    },
    indexer: {
      read: publishedTopics(topics),
      write: [topics.deadLetter],
      groups: [`${prefix}indexer`],
    },
    distributor: {
      read: [topics.enriched, topics.candles, topics.alerts],
      write: [topics.deadLetter, ...productTopicsIn(distributorRights)],
      groups: [`${prefix}distributor`],
      transactionalIds: [`${prefix}distributor`],
      describeAcls: distributorRights.some(({ resource }) => resource === "cluster"),
    },
  };
}

function productTopicsIn(rights: readonly AclBinding[]): readonly string[] {
  return rights.filter(({ resource }) => resource === "topic").map(({ name }) => name);
}

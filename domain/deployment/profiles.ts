import type { Sizes } from "./sizes.ts";

/** The sizes that a file can ask for by one word. */
export type ProfileName = "dev" | "prod";

/**
 * `dev` is lean: two brokers of the smallest kind that runs KRaft with multi-VPC connectivity, one search node, one instance a stage.
 * `prod` outlives a zone: three zones, every record three times, dedicated masters.
 */
export const profiles: Readonly<Record<ProfileName, Sizes>> = {
  dev: {
    network: { zones: 2, cidr: "10.60.0.0/20", stages: "public" },
    brokers: {
      kafkaVersion: "4.1.x.kraft",
      instanceType: "kafka.m7g.large",
      count: 2,
      volumeGib: 20,
      replicationFactor: 2,
      minInsyncReplicas: 1,
      monitoring: "PER_TOPIC_PER_BROKER",
      logDays: 14,
      onRemoval: "delete",
    },
    stages: {
      producer: { instanceType: "t4g.micro", spoolGib: 1 },
      enricher: { instanceType: "t4g.small", instancesMin: 1, instancesMax: 2 },
      indexer: { instanceType: "t4g.micro", instancesMin: 1, instancesMax: 2 },
      distributor: { instanceType: "t4g.micro", instancesMin: 1, instancesMax: 2 },
    },
    search: {
      engineVersion: "OpenSearch_2.19",
      instanceType: "t3.small.search",
      nodes: 1,
      masters: 0,
      masterType: "m7g.medium.search",
      volumeGib: 20,
      shards: 1,
      replicas: 0,
      retainDays: 14,
      compressAfterDays: 3,
      passwordsRevision: 1,
    },
    logs: { days: 14 },
  },
  prod: {
    network: { zones: 3, cidr: "10.60.0.0/18", stages: "private" },
    brokers: {
      kafkaVersion: "4.1.x.kraft",
      instanceType: "kafka.m7g.large",
      count: 3,
      volumeGib: 250,
      replicationFactor: 3,
      minInsyncReplicas: 2,
      monitoring: "PER_TOPIC_PER_BROKER",
      logDays: 90,
      onRemoval: "retain",
    },
    stages: {
      producer: { instanceType: "t4g.small", spoolGib: 1 },
      enricher: { instanceType: "c7g.large", instancesMin: 2, instancesMax: 6 },
      indexer: { instanceType: "t4g.medium", instancesMin: 2, instancesMax: 6 },
      distributor: { instanceType: "t4g.medium", instancesMin: 2, instancesMax: 6 },
    },
    search: {
      engineVersion: "OpenSearch_2.19",
      instanceType: "r7g.large.search",
      nodes: 3,
      masters: 3,
      masterType: "m7g.medium.search",
      volumeGib: 200,
      shards: 3,
      replicas: 1,
      retainDays: 90,
      compressAfterDays: 7,
      passwordsRevision: 1,
    },
    logs: { days: 90 },
  },
};

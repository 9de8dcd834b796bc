import type { Sizes } from "../../domain/deployment/sizes.ts";
import { defaultPartitions } from "../../domain/topics.ts";

/**
 * What the brokers are told. Only properties that MSK lets one set; topics' own settings stand with the topics.
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-properties.html
 */
export function serverProperties({ replicationFactor, minInsyncReplicas }: Sizes["brokers"]): string {
  const properties: Readonly<Record<string, string | number | boolean>> = {
    // Multi-VPC connectivity with SCRAM demands it: who has no right has none. It binds SCRAM users; those of IAM have policies.
    "allow.everyone.if.no.acl.found": false,
    "auto.create.topics.enable": false,
    "default.replication.factor": replicationFactor,
    "delete.topic.enable": true,
    // Stages give 10 s (SESSION_TIMEOUT_MS); customers may give more.
    "group.initial.rebalance.delay.ms": 3000,
    // Above the largest topic's (dead letters: 2 MiB), so that the topic's own limit is what decides.
    "message.max.bytes": 2 * 1024 * 1024 + 64 * 1024,
    "min.insync.replicas": minInsyncReplicas,
    "num.partitions": defaultPartitions,
    // Positions outlive a customer's long pause: 30 days.
    "offsets.retention.minutes": 30 * 24 * 60,
    "offsets.topic.replication.factor": replicationFactor,
    "replica.fetch.max.bytes": 4 * 1024 * 1024,
    // The longest TRANSACTION_TIMEOUT_MS that stages accept.
    "transaction.max.timeout.ms": 900_000,
    "transaction.state.log.min.isr": minInsyncReplicas,
    "transaction.state.log.replication.factor": replicationFactor,
    "transactional.id.expiration.ms": 7 * 86_400_000,
    // A broker that is behind never leads: records that were acknowledged would be gone.
    "unclean.leader.election.enable": false,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

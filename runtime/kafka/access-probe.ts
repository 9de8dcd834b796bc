import { randomUUID } from "node:crypto";
import type Cluster from "kafkajs/src/cluster/index.js";
import protocolErrors from "kafkajs/src/protocol/error.js";
import type { Attempt } from "../../domain/entitlements/attempts.ts";
import { PipelineError } from "../../domain/errors.ts";
import type { Log } from "../log/log.ts";
import { aclEntry, anyAcl } from "./acl.ts";
import { ClusterLink } from "./cluster-link.ts";
import { findCoordinator } from "./coordinator-link.ts";
import { rootOf, toPipelineError } from "./errors.ts";
import { fetchRecords } from "./fetch-request.ts";
import { authorizedOperations, joinErrorCode, produceErrorCode } from "./probe-requests.ts";
import { withCluster } from "./retry.ts";
import type { KafkaConnection } from "./types.ts";

/** Tries what a user may and may not do, over the listener that the user uses, in ways that change nothing even where they work. */
export interface AccessProbe {
  /** What came of it. @throws PipelineError where the cluster cannot be reached, or the user cannot sign in and the attempt is another */
  attempt(attempt: Attempt): Promise<"allowed" | "refused">;
  close(): void;
}

/** A probe that signs in as the connection's user. */
export function createAccessProbe(connection: KafkaConnection, log: Log): AccessProbe {
  const link = new ClusterLink(connection, log);
  const closing = new AbortController();
  const patience = { patienceMs: 10_000, signal: closing.signal };
  return {
    async attempt(attempt) {
      try {
        return (await withCluster(link, patience, (cluster) => attemptOn(cluster, attempt, connection)))
          ? "allowed"
          : "refused";
      } catch (error) {
        if (attempt.try !== "signIn") throw error;
        const fault = toPipelineError(error, { brokers: connection.brokers });
        if (fault instanceof PipelineError && fault.code === "kafkaAuthentication") return "refused";
        throw error;
      }
    },
    close() {
      closing.abort();
      link.close();
    },
  };
}

/** Kafka's numbers of errors that are refusals, of a topic and of a group. */
const refusedTopic = 29;
const refusedGroup = 30;
/** The record asked for is not kept any more: it may be read all the same. */
const outOfRange = 1;
const memberIdRequired = 79;

async function attemptOn(cluster: Cluster, attempt: Attempt, { sasl }: KafkaConnection): Promise<boolean> {
  const broker = await cluster.brokerPool.findConnectedBroker();
  switch (attempt.try) {
    case "signIn":
      return true;
    case "readTopic":
      return canRead(cluster, attempt.topic);
    case "writeTopic":
      return (await produceErrorCode(broker, attempt.topic)) !== refusedTopic;
    case "describeTopicConfigs":
      return isAllowed(broker.describeConfigs({ resources: [{ type: topicResource, name: attempt.topic }] }));
    case "alterTopicConfigs": {
      const configEntries = [{ name: "retention.ms", value: "1000" }];
      const resources = [{ type: topicResource, name: attempt.topic, configEntries }];
      return isAllowed(broker.alterConfigs({ resources, validateOnly: true }));
    }
    case "holdMoreOnTopic":
      return holdsMore(broker, attempt.topic);
    case "joinGroup":
      return canJoin(cluster, attempt.group);
    case "useTransactionalId":
      return isAllowed(findCoordinator(cluster, { kind: "transaction", name: attempt.id }));
    case "createTopic": {
      const topic = { topic: attempt.topic, numPartitions: 1, replicationFactor: 1, configEntries: [] };
      return isAllowed(
        controllerOf(cluster).then((at) => at.createTopics({ topics: [topic], timeout: 5000, validateOnly: true })),
      );
    }
    case "listAcls":
      return isAllowed(broker.describeAcls(anyAcl));
    case "createAcl":
      return canCreateAcl(cluster, sasl?.username ?? "ANONYMOUS");
    case "holdOnCluster":
      return (await authorizedOperations(broker, [])).cluster.length > 0;
    default:
      return attempt satisfies never;
  }
}

const topicResource = 2;

/** The partition's leader alone can say; a refusal comes from any broker. */
async function canRead(cluster: Cluster, topic: string): Promise<boolean> {
  const options = { maxWaitMs: 0, maxBytesPerPartition: 1, isolationLevel: 1 };
  await cluster.refreshMetadataIfNecessary();
  for (const nodeId of Object.keys(cluster.brokerPool.brokers)) {
    const broker = await cluster.findBroker({ nodeId: Number(nodeId) });
    const [fetched] = await fetchRecords(broker, [{ topic, partition: 0, offset: 0 }], options);
    if (fetched?.errorCode === refusedTopic) return false;
    if (fetched?.errorCode === 0 || fetched?.errorCode === outOfRange) return true;
  }
  throw new PipelineError(
    "kafkaTopic",
    `The topic ${topic} may be read, but cannot be: it does not exist, or has no leader.`,
    {
      remedy: "Run `bellwether entitlements apply`, or start the pipeline, which makes its own topics.",
    },
  );
}

async function holdsMore(broker: Cluster.Broker, topic: string): Promise<boolean> {
  const { topics } = await authorizedOperations(broker, [topic]);
  return (topics.get(topic) ?? []).some((operation) => operation !== "read" && operation !== "describe");
}

/** A first request to join is answered with a member id at most: no group comes of it, and none is disturbed. */
async function canJoin(cluster: Cluster, group: string): Promise<boolean> {
  const errorCode = await joinErrorCode(await coordinatorOf(cluster, group), group);
  if (errorCode === refusedGroup) return false;
  if (errorCode === memberIdRequired) return true;
  throw protocolErrors.createErrorFromCode(errorCode);
}

/** Any broker where the coordinator is not told: that must not be all that keeps a user out. */
async function coordinatorOf(cluster: Cluster, group: string): Promise<Cluster.Broker> {
  try {
    return await findCoordinator(cluster, { kind: "group", name: group });
  } catch (error) {
    if (rootOf(error).type !== "GROUP_AUTHORIZATION_FAILED") throw error;
    return cluster.brokerPool.findConnectedBroker();
  }
}

/** Where it works, which it must not, what it made is taken away again. */
async function canCreateAcl(cluster: Cluster, username: string): Promise<boolean> {
  const name = `check-${randomUUID()}`;
  const acl = aclEntry({
    principal: `User:${username}`,
    resource: "topic",
    name,
    pattern: "literal",
    operation: "read",
  });
  const controller = await controllerOf(cluster);
  const worked = await isAllowed(controller.createAcls({ acl: [acl] }));
  if (worked) await controller.deleteAcls({ filters: [acl] });
  return worked;
}

async function controllerOf(cluster: Cluster): Promise<Cluster.Broker> {
  await cluster.refreshMetadataIfNecessary();
  return cluster.findControllerBroker();
}

/** False for a refusal; any other error came after the rights were looked at. Faults of the connection are passed on. */
async function isAllowed(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    const fault = rootOf((error as AggregateError).errors?.[0] ?? error);
    if (fault.type === undefined) throw error;
    return !fault.type.endsWith("_AUTHORIZATION_FAILED");
  }
}

import type Cluster from "kafkajs/src/cluster/index.js";
import protocolErrors from "kafkajs/src/protocol/error.js";
import { findCoordinator } from "./coordinator-link.ts";

const nonEmptyGroup = 68;
const groupIdNotFound = 69;

/** The names of all groups: each broker knows those that it coordinates. */
export async function listGroups(cluster: Cluster): Promise<readonly string[]> {
  await cluster.refreshMetadataIfNecessary();
  const nodes = Object.keys(cluster.brokerPool.brokers);
  const answers = await Promise.all(
    nodes.map(async (nodeId) => (await cluster.findBroker({ nodeId: Number(nodeId) })).listGroups()),
  );
  return answers.flatMap(({ groups }) => groups.map(({ groupId }) => groupId)).toSorted();
}

/**
 * Deletes a group with its offsets; one that is gone already is none the less deleted. Its members are sent away first: who has no right to the
 * group any more cannot come back. @throws a retriable error while it still has members
 */
export async function deleteGroup(cluster: Cluster, group: string): Promise<void> {
  const coordinator = await findCoordinator(cluster, { kind: "group", name: group });
  const { results } = await coordinator.deleteGroups([group]);
  const errorCode = results.find(({ groupId }) => groupId === group)?.errorCode ?? 0;
  if (errorCode === 0 || errorCode === groupIdNotFound) return;
  const error = protocolErrors.createErrorFromCode(errorCode);
  if (errorCode !== nonEmptyGroup) throw error;
  await sendMembersAway(coordinator, group);
  throw Object.assign(error, { retriable: true });
}

/** Members that know the newer group protocol cannot be sent away like this: they are missed when their session is over. */
async function sendMembersAway(coordinator: Cluster.Broker, groupId: string): Promise<void> {
  const { groups } = await coordinator.describeGroups({ groupIds: [groupId] });
  for (const { memberId } of groups.flatMap(({ members }) => members)) {
    await coordinator.leaveGroup({ groupId, memberId }).catch(() => undefined);
  }
}

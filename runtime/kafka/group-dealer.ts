import type Cluster from "kafkajs/src/cluster/index.js";
import { assignorName, deal, decodeSubscription, encodeAssignment, encodeSubscription } from "./group-protocol.ts";
import type { JoinAnswer } from "./join-request.ts";
import { partitionsOf } from "./offsets.ts";
import type { TopicPartition } from "./types.ts";
import { dealUnits, decodeClaim, encodeClaim, type UnitClaim, unitProtocolName } from "./unit-assignor.ts";

/** How partitions are dealt in a group: what a member says of itself when it joins, and what its leader makes of it. */
export interface GroupDealer {
  /** All members of a group must have the same. */
  readonly protocolName: string;
  subscription(owned: readonly TopicPartition[], generationId: number): Buffer;
  assign(cluster: Cluster, members: JoinAnswer["members"]): Promise<readonly MemberAssignment[]>;
}

interface MemberAssignment {
  readonly memberId: string;
  readonly memberAssignment: Buffer;
}

/** Deals partition by partition, as Kafka's own round robin, so that other clients may share the group. */
export function partitionDealer(topics: readonly string[]): GroupDealer {
  return {
    protocolName: assignorName,
    subscription: () => encodeSubscription(topics),
    async assign(cluster, members) {
      const wishes = new Map(members.map(({ memberId, metadata }) => [memberId, decodeSubscription(metadata).topics]));
      return encoded(deal(wishes, await partitionsByTopic(cluster, [...wishes.values()].flat())));
    },
  };
}

/** Deals units of partitions, none of which is ever split. */
export function unitDealer(topics: readonly string[], unitOf: (partition: number) => number): GroupDealer {
  return {
    protocolName: unitProtocolName(topics, unitOf),
    subscription: (owned, generationId) => {
      const units = [...new Set(owned.map(({ partition }) => unitOf(partition)))];
      return encodeSubscription(topics, encodeClaim({ generationId, units }));
    },
    async assign(cluster, members) {
      const claims = new Map(
        members.map(({ memberId, metadata }): [string, UnitClaim] => [
          memberId,
          decodeClaim(decodeSubscription(metadata).userData),
        ]),
      );
      const all = [...(await partitionsByTopic(cluster, topics))].flatMap(([topic, partitions]) =>
        partitions.map((partition): TopicPartition => ({ topic, partition })),
      );
      const byUnit = Map.groupBy(all, ({ partition }) => unitOf(partition));
      const dealt = dealUnits(claims, [...byUnit.keys()]);
      return encoded(
        new Map([...dealt].map(([member, units]) => [member, units.flatMap((unit) => byUnit.get(unit) ?? [])])),
      );
    },
  };
}

async function partitionsByTopic(cluster: Cluster, topics: readonly string[]) {
  const partitions = new Map<string, readonly number[]>();
  for (const topic of new Set(topics)) partitions.set(topic, await partitionsOf(cluster, topic));
  return partitions;
}

function encoded(dealt: ReadonlyMap<string, readonly TopicPartition[]>): readonly MemberAssignment[] {
  return [...dealt].map(([memberId, assigned]) => ({ memberId, memberAssignment: encodeAssignment(assigned) }));
}

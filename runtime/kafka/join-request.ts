import type Cluster from "kafkajs/src/cluster/index.js";
import protocolErrors from "kafkajs/src/protocol/error.js";
import { PipelineError } from "../../domain/errors.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

const joinGroupKey = 11;
/** Kafka 2.3 and later. */
const joinGroupVersion = 5;
/** How much later than the group's own limit an answer may come. */
const networkDelayMs = 5000;
const inconsistentProtocol = 23;
const memberIdRequired = 79;

export interface JoinOptions {
  readonly groupId: string;
  /** Empty for one who has none yet. */
  readonly memberId: string;
  /** How partitions are dealt; and what this member says for it. */
  readonly protocolName: string;
  readonly subscription: Buffer;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/** What a member is told when all have joined; only the leader is told of the others. */
export interface JoinAnswer {
  readonly errorCode: number;
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly { readonly memberId: string; readonly metadata: Buffer }[];
}

/**
 * Joins a group. kafkajs's own request keeps the member id that the coordinator gives to itself until it has joined: a connection
 * that breaks before then leaves a member behind that nobody is, and the group waits for it until its session is over.
 * `onMemberId` is told the id at once.
 */
export async function joinGroup(
  broker: Cluster.Broker,
  options: JoinOptions,
  onMemberId: (memberId: string) => void,
): Promise<JoinAnswer> {
  const answer = await broker.connectionPool.send({
    request: {
      apiKey: joinGroupKey,
      apiVersion: joinGroupVersion,
      apiName: "JoinGroup",
      encode: async () => encode(options),
    },
    response: { decode: async (bytes) => decode(bytes), parse: async (decoded) => decoded },
    requestTimeout: options.rebalanceTimeoutMs + networkDelayMs,
  });
  if (answer.memberId !== "") onMemberId(answer.memberId);
  if (answer.errorCode === memberIdRequired) {
    return joinGroup(broker, { ...options, memberId: answer.memberId }, onMemberId);
  }
  if (answer.errorCode === inconsistentProtocol) {
    throw new PipelineError(
      "kafkaFailed",
      `The group ${options.groupId} has members that deal partitions otherwise than this one (${options.protocolName}).`,
      { remedy: "Give all instances the same topics and the same size of units, or use another group." },
    );
  }
  if (answer.errorCode !== 0) throw protocolErrors.createErrorFromCode(answer.errorCode);
  return answer;
}

function encode(options: JoinOptions): Cluster.Encoded {
  const { groupId, memberId, protocolName, subscription, sessionTimeoutMs, rebalanceTimeoutMs } = options;
  return new ByteWriter()
    .string(groupId)
    .int32(sessionTimeoutMs)
    .int32(rebalanceTimeoutMs)
    .string(memberId)
    .string(null)
    .string("consumer")
    .int32(1)
    .string(protocolName)
    .int32(subscription.length)
    .bytes(subscription)
    .encoded();
}

function decode(bytes: Buffer): JoinAnswer & { readonly clientSideThrottleTime: number } {
  const reader = new ByteReader(bytes);
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const generationId = reader.int32();
  reader.string(); // The protocol that was chosen: there is one.
  const leaderId = reader.string();
  const memberId = reader.string();
  const members = reader.array((item) => {
    const id = item.string();
    item.string(); // Static membership, not used.
    return { memberId: id, metadata: item.slice(Math.max(item.int32(), 0)) };
  });
  return { clientSideThrottleTime, errorCode, generationId, leaderId, memberId, members };
}

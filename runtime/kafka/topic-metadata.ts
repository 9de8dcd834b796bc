import type Cluster from "kafkajs/src/cluster/index.js";
import protocolErrors from "kafkajs/src/protocol/error.js";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

const metadataKey = 3;
/** The first version that tells topic ids; kafkajs stops at 6. Kafka 2.8 and later. */
const metadataVersion = 10;

/** What a cluster says of one topic. */
export interface TopicMetadata {
  readonly topic: string;
  /** Kafka's error for this topic, null where it is well. */
  readonly error: (Error & { readonly type: string }) | null;
  /** The topic's 16 bytes in base64url without padding, as Kafka's own tools print it (D4). */
  readonly topicId: string;
  readonly partitions: readonly number[];
}

/** A broker as the cluster tells its clients to reach it. */
export interface BrokerAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface ClusterMetadata {
  readonly brokerCount: number;
  readonly brokers: readonly BrokerAddress[];
  readonly topics: readonly TopicMetadata[];
}

/**
 * Asks for topics by a Metadata request of our own, which tells topic ids and says of each topic by itself whether it exists. `null` asks for
 * all that this user may describe, and the rest is left out in silence.
 * @see https://kafka.apache.org/protocol.html#The_Messages_Metadata
 */
export async function fetchMetadata(cluster: Cluster, topics: readonly string[] | null): Promise<ClusterMetadata> {
  const broker = await cluster.brokerPool.findConnectedBroker();
  return broker.connectionPool.send({
    request: {
      apiKey: metadataKey,
      apiVersion: metadataVersion,
      apiName: "Metadata",
      encode: async () => encodeRequest(topics),
    },
    response: { decode: async (bytes) => decodeResponse(bytes), parse: async (response) => response },
  });
}

function encodeRequest(topics: readonly string[] | null): Cluster.Encoded {
  // The leading zero ends the request header of flexible versions, which kafkajs does not know: it has no tagged fields.
  const writer = new ByteWriter().unsignedVarint(0).unsignedVarint(topics === null ? 0 : topics.length + 1);
  const noTopicId = Buffer.alloc(16);
  for (const topic of topics ?? []) writer.bytes(noTopicId).compactString(topic).unsignedVarint(0);
  const autoCreate = 0;
  return writer.int8(autoCreate).int8(0).int8(0).unsignedVarint(0).encoded();
}

function decodeResponse(bytes: Buffer): ClusterMetadata {
  const reader = new ByteReader(bytes);
  reader.skipTags();
  reader.int32(); // Throttle time.
  const brokers = reader.compactArray((broker) => {
    const nodeId = broker.int32();
    const host = broker.compactString();
    const port = broker.int32();
    broker.compactString(); // Rack.
    broker.skipTags();
    return { nodeId, host, port };
  });
  reader.compactString(); // Cluster id.
  reader.int32(); // Controller.
  return { brokerCount: brokers.length, brokers, topics: reader.compactArray(decodeTopic) };
}

function decodeTopic(reader: ByteReader): TopicMetadata {
  const errorCode = reader.int16();
  const topic = reader.compactString();
  const topicId = reader.slice(16).toString("base64url");
  reader.int8(); // Whether it is one of Kafka's own.
  const partitions = reader.compactArray(decodePartition);
  const leaderless = partitions.find(({ error }) => error !== 0)?.error ?? 0;
  reader.int32(); // Rights, not asked for.
  reader.skipTags();
  const code = errorCode === 0 ? leaderless : errorCode;
  const error = code === 0 ? null : Object.assign(protocolErrors.createErrorFromCode(code), { topic });
  return { topic, error, topicId, partitions: partitions.map(({ partition }) => partition).sort((a, b) => a - b) };
}

function decodePartition(reader: ByteReader): { partition: number; error: number } {
  const error = reader.int16();
  const partition = reader.int32();
  reader.skip(8); // Leader and its epoch.
  for (let list = 0; list < 3; list++) reader.compactArray((item) => item.int32());
  reader.skipTags();
  return { partition, error };
}

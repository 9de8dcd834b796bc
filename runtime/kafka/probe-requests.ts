import type Cluster from "kafkajs/src/cluster/index.js";
import { operationName } from "./acl.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

// Requests that show whether something would be allowed, and do nothing.

/** What came of writing no records to a topic's first partition: the rights are looked at first, then that there is nothing to write. */
export function produceErrorCode(broker: Cluster.Broker, topic: string): Promise<number> {
  const noTransaction = null;
  const allReplicas = -1;
  const request = new ByteWriter().string(noTransaction).int16(allReplicas).int32(5000);
  request.int32(1).string(topic).int32(1).int32(0).int32(0);
  return ask(broker, { apiKey: 0, apiVersion: 7, apiName: "Produce" }, request, (reader) => {
    const codes = reader.array(() => {
      reader.string();
      return reader.array(() => {
        reader.int32(); // The partition.
        const errorCode = reader.int16();
        reader.skip(24); // Base offset, append time, log start.
        return errorCode;
      });
    });
    return codes.flat()[0] ?? 0;
  });
}

/** What came of a first request to join a group, by a member that has no id yet. */
export function joinErrorCode(broker: Cluster.Broker, group: string): Promise<number> {
  const request = new ByteWriter().string(group).int32(10_000).int32(10_000).string("").string(null);
  request.string("consumer").int32(1).string("check").int32(0);
  return ask(broker, { apiKey: 11, apiVersion: 5, apiName: "JoinGroup" }, request, (reader) => {
    reader.int32(); // Throttle time.
    return reader.int16();
  });
}

/** Kafka's names of what a user may do. */
export interface AuthorizedOperations {
  readonly topics: ReadonlyMap<string, readonly string[]>;
  readonly cluster: readonly string[];
}

/** What the user that is signed in may do on topics and on the cluster, as the brokers themselves judge it. */
export function authorizedOperations(broker: Cluster.Broker, topics: readonly string[]): Promise<AuthorizedOperations> {
  const request = new ByteWriter().int32(topics.length);
  for (const topic of topics) request.string(topic);
  const autoCreate = 0;
  request.int8(autoCreate).int8(1).int8(1);
  return ask(broker, { apiKey: 3, apiVersion: 8, apiName: "Metadata" }, request, (reader) => {
    reader.int32(); // Throttle time.
    reader.array(() => {
      reader.int32();
      reader.string();
      reader.int32();
      reader.string();
    });
    reader.string(); // Cluster id.
    reader.int32(); // Controller.
    const found = reader.array(() => topicOperations(reader));
    return { topics: new Map(found), cluster: operationNames(reader.int32()) };
  });
}

function topicOperations(reader: ByteReader): readonly [string, readonly string[]] {
  const errorCode = reader.int16();
  const topic = reader.string();
  reader.int8(); // Whether it is one of Kafka's own.
  reader.array(() => {
    reader.skip(14); // Error, partition, leader and its epoch.
    for (let list = 0; list < 3; list++) reader.array(() => reader.int32());
  });
  const operations = reader.int32();
  return [topic, errorCode === 0 ? operationNames(operations) : []];
}

/** One bit for each operation, at the place of its number. */
function operationNames(bits: number): readonly string[] {
  const notAsked = -(2 ** 31);
  if (bits === notAsked) return [];
  return Array.from({ length: 31 }, (_, bit) => bit)
    .filter((bit) => (bits & (1 << bit)) !== 0)
    .map(operationName);
}

interface Api {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
}

async function ask<T>(
  broker: Cluster.Broker,
  api: Api,
  request: ByteWriter,
  decode: (reader: ByteReader) => T,
): Promise<T> {
  const { answer } = await broker.connectionPool.send({
    request: { ...api, encode: async () => request.encoded() },
    response: {
      decode: async (bytes) => ({ answer: decode(new ByteReader(bytes)) }),
      parse: async (decoded) => decoded,
    },
  });
  return answer;
}

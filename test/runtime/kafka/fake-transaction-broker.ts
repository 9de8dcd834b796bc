import type Cluster from "kafkajs/src/cluster/index.js";
import { ByteWriter } from "../../../runtime/kafka/byte-writer.ts";
import type { ClusterLink } from "../../../runtime/kafka/cluster-link.ts";
import { markedTimeoutMs } from "../../../runtime/kafka/takeover-step.ts";
import { fakeConnection, producedAnswer } from "./fake-connection.ts";

/** What a request is answered with: Kafka's error code (0: well), nothing at all because the connection breaks, or well and from then on positions are stable. */
export type FakeAnswer = number | "lost" | "stabilise";

/** What the coordinator knows of the id, each time it is asked; the last holds from then on. */
export interface FakeDescription {
  readonly state: string;
  /** Milliseconds; `marked` by who initialised it last. */
  readonly timeoutMs: number | "marked";
  /** How many have taken the id since. */
  readonly epochsAgo?: number;
}

/**
 * One broker that answers a transactional sender's requests by script, through the sender's own encoders and decoders: what a real one
 * says only in rare moments can then be said at will.
 */
export function fakeTransactionBroker(
  script: Readonly<Record<string, readonly FakeAnswer[]>>,
  described: readonly FakeDescription[] = [],
) {
  const descriptions = [...described];
  const nextDescription = () => (descriptions.length > 1 ? descriptions.shift() : descriptions[0]);
  const requests: string[] = [];
  const sent: { readonly apiName: string; readonly bytes: Buffer }[] = [];
  let epoch = firstEpoch;
  const left = new Map(Object.entries(script).map(([name, answers]) => [name, [...answers]]));
  const answerTo = (apiName: string): number => {
    requests.push(apiName);
    const answer = left.get(apiName)?.shift() ?? 0;
    if (answer === "stabilise") {
      left.delete("OffsetFetch");
      return 0;
    }
    if (answer === "lost") throw Object.assign(new Error("cut"), { name: "KafkaJSConnectionError" });
    return answer;
  };
  const connection = fakeConnection((entry, written) => {
    const { apiName } = entry;
    sent.push({ apiName, bytes: written.subarray(requestHeaderBytes) });
    try {
      entry.resolve({ payload: responses[apiName]?.(answerTo(apiName), epoch) ?? Buffer.alloc(0) });
    } catch (error) {
      entry.reject(error as Error);
    }
  });
  const broker = {
    nodeId: 1,
    findGroupCoordinator: async () => ({ coordinator: { nodeId: 1 } }),
    connectionPool: {
      async send<Response>(protocol: Cluster.Protocol<Response>): Promise<Response> {
        const { apiName, encode } = protocol.request;
        sent.push({ apiName, bytes: (await encode()).buffer });
        const errorCode = answerTo(apiName);
        if (apiName === "InitProducerId") epoch++;
        if (apiName === "DescribeTransactions") {
          return protocol.response.parse(await protocol.response.decode(describedAs(nextDescription(), epoch)));
        }
        return protocol.response.parse(
          await protocol.response.decode(responses[apiName]?.(errorCode, epoch) ?? Buffer.alloc(0)),
        );
      },
      getConnection: async () => connection,
    },
  };
  const cluster = {
    brokerPool: { brokers: { 1: broker }, findConnectedBroker: async () => broker },
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1, partitionErrorCode: 0 }],
    findBroker: async () => broker,
  };
  const link = {
    connection: { brokers: ["fake:1"], clientId: "test", tls: null, sasl: null },
    cluster: async () => cluster,
    drop() {},
    faultOf: async (error: unknown) => error,
    reportTrouble() {},
    reportWell() {},
    close() {},
  };
  return { requests, sent, link: link as unknown as ClusterLink };
}

/** Length, api, version, correlation id, and the client id `test`. */
const requestHeaderBytes = 18;
const topic = "out";
const noThrottle = 0;
/** Of the id before anybody initialises it. */
export const firstEpoch = 2;
/** What the group has, whatever is committed. */
export const committedOffset = 9;

/** The answers' bytes; each names partition 0 of one topic. */
const responses: Readonly<Record<string, (errorCode: number, epoch: number) => Buffer>> = {
  InitProducerId: (errorCode, epoch) =>
    bytes((writer) => writer.noTags().int32(noThrottle).int16(errorCode).int64(7).int16(epoch).noTags()),
  AddPartitionsToTxn: (errorCode) =>
    bytes((writer) => writer.int32(noThrottle).int32(1).string(topic).int32(1).int32(0).int16(errorCode)),
  AddOffsetsToTxn: (errorCode) => bytes((writer) => writer.int32(noThrottle).int16(errorCode)),
  EndTxn: (errorCode) => bytes((writer) => writer.int32(noThrottle).int16(errorCode)),
  TxnOffsetCommit: (errorCode) =>
    bytes((writer) => {
      writer.noTags().int32(noThrottle).unsignedVarint(2).compactString(topic);
      writer.unsignedVarint(2).int32(0).int16(errorCode).noTags().noTags().noTags();
    }),
  OffsetFetch: (errorCode) =>
    bytes((writer) => {
      writer.noTags().int32(noThrottle).unsignedVarint(2).compactString(topic);
      writer.unsignedVarint(2).int32(0).int64(committedOffset).int32(-1).compactString("").int16(0).noTags().noTags();
      writer.int16(errorCode).noTags();
    }),
  Produce: (errorCode) => producedAnswer(topic, errorCode),
};

/** Kafka's TRANSACTIONAL_ID_NOT_FOUND. */
const notFound = 105;

function describedAs(known: FakeDescription | undefined, now: number): Buffer {
  const epoch = now - (known?.epochsAgo ?? 0);
  const timeoutMs = known?.timeoutMs === "marked" ? markedTimeoutMs(epoch - 1) : (known?.timeoutMs ?? 0);
  return bytes((writer) => {
    writer.noTags().int32(noThrottle).unsignedVarint(2);
    writer.int16(known === undefined ? notFound : 0).compactString("id");
    writer.compactString(known?.state ?? "").int32(timeoutMs);
    writer.int64(-1).int64(7).int16(epoch).unsignedVarint(1).noTags().noTags();
  });
}

function bytes(write: (writer: ByteWriter) => unknown): Buffer {
  const writer = new ByteWriter();
  write(writer);
  return writer.encoded().buffer;
}

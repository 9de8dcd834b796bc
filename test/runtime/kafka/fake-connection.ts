import type Cluster from "kafkajs/src/cluster/index.js";
import { ByteWriter } from "../../../runtime/kafka/byte-writer.ts";

/**
 * A connection for requests in pieces, which go to the socket themselves: what kafkajs's queue would tell of them is told here.
 * @param onRequest told of each request, with the bytes that were written
 */
export function fakeConnection(onRequest: (entry: Cluster.QueuedRequest["entry"], written: Buffer) => void) {
  let parts: Buffer[] = [];
  return {
    clientId: "test",
    isAuthenticated: () => true,
    failIfNotConnected() {},
    nextCorrelationId: () => 0,
    socket: { cork() {}, uncork() {}, write: (part: Buffer) => parts.push(part) },
    requestQueue: {
      maybeThrottle() {},
      push({ entry, sendRequest }: Cluster.QueuedRequest) {
        parts = [];
        sendRequest();
        onRequest(entry, Buffer.concat(parts));
      },
    },
  };
}

/** The answer to a produce request: partition 0 of one topic, at offset 0. */
export function producedAnswer(topic: string, errorCode: number): Buffer {
  const writer = new ByteWriter().int32(1).string(topic).int32(1).int32(0).int16(errorCode);
  return writer.int64(0).int64(-1).int64(0).int32(0).encoded().buffer;
}

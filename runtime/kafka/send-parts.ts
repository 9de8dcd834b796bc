import type Cluster from "kafkajs/src/cluster/index.js";

/** A request in pieces that are written as they are. */
export interface RequestParts {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  readonly parts: readonly Buffer[];
}

/** Of kafkajs's two connections to a broker the one that does not fetch. */
const sendingConnection = 0;
const lengthBytes = 4;
const keysBytes = 8;

/**
 * Sends a request whose pieces go to the socket without being joined: kafkajs's own way copies a request three times, into buffers of
 * twice its size. Connection, authentication, throttling and the queue of answers stay kafkajs's.
 */
export async function sendParts<Response extends { readonly clientSideThrottleTime: number }>(
  broker: Cluster.Broker,
  request: RequestParts,
  decode: (bytes: Buffer) => Response,
): Promise<Response> {
  const connection = await broker.connectionPool.getConnection(sendingConnection);
  if (!connection.isAuthenticated()) await connection.authenticate();
  connection.failIfNotConnected();
  const correlationId = connection.nextCorrelationId();
  const frame = [frameHeader(request, correlationId, connection.clientId), ...request.parts];
  const { apiKey, apiVersion, apiName } = request;
  const { payload } = await new Promise<{ readonly payload: Buffer }>((resolve, reject) => {
    connection.requestQueue.push({
      entry: { apiKey, apiName, apiVersion, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout: null,
      sendRequest: () => writeTogether(connection.socket, frame),
    });
  });
  const response = decode(payload);
  connection.requestQueue.maybeThrottle(response.clientSideThrottleTime);
  return response;
}

/** One system call for all, where the socket is plain. */
function writeTogether(socket: Cluster.Connection["socket"], frame: readonly Buffer[]): void {
  socket.cork();
  for (const part of frame) socket.write(part);
  socket.uncork();
}

/** Length, api, version, correlation id and client id: https://kafka.apache.org/protocol#protocol_messages */
function frameHeader({ apiKey, apiVersion, parts }: RequestParts, correlationId: number, clientId: string): Buffer {
  const client = Buffer.from(clientId);
  const header = Buffer.allocUnsafe(lengthBytes + keysBytes + 2 + client.length);
  const length = parts.reduce((sum, part) => sum + part.length, header.length - lengthBytes);
  let at = header.writeInt32BE(length, 0);
  at = header.writeInt16BE(apiKey, at);
  at = header.writeInt16BE(apiVersion, at);
  at = header.writeInt32BE(correlationId, at);
  at = header.writeInt16BE(client.length, at);
  client.copy(header, at);
  return header;
}

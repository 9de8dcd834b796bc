import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import loggers from "kafkajs/src/loggers/index.js";
import Connection from "kafkajs/src/network/connection.js";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import { afterEach, beforeEach, expect, it } from "vitest";
import { within } from "../../../runtime/clock/within.ts";
import { ClusterLink } from "../../../runtime/kafka/cluster-link.ts";
import { quietLog } from "../../support/broker.ts";

let server: Server;
let port: number;
let accepted: Socket[];
let opened: number;

beforeEach(async () => {
  accepted = [];
  opened = 0;
  server = createServer((socket) => void accepted.push(socket.resume().on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as { port: number }).port;
});

afterEach(() => {
  for (const socket of accepted) socket.destroy();
  server.close();
});

it("a request on a connection whose socket has died is refused, though others are closing the connection just then", async () => {
  const connection = newConnection();
  await connection.connect();
  connection.socket?.destroy();
  // Each of those whose requests failed together closes the connection once more, step by step with the next request.
  const closings = [connection.disconnect()];
  const answered = connection.send(anyRequest).then(
    () => "answered",
    () => "refused",
  );
  for (let step = 0; step < 20; step++) {
    closings.push(connection.disconnect());
    await null;
  }
  expect(await within(answered, 1000)).toBe("refused");
  await Promise.all(closings);
});

it("requests that find their connection closed open one socket, and share it", async () => {
  const connection = newConnection();
  await Promise.all([connection.connect(), connection.connect(), connection.connect()]);
  expect(opened).toBe(1);
  await connection.disconnect();
  await connection.connect();
  expect(opened).toBe(2);
  await connection.disconnect();
});

it("a cluster that was dropped opens no connection any more, whoever still has it in hand", async () => {
  server.removeAllListeners("connection");
  server.on("connection", (socket) => {
    accepted.push(socket);
    socket.on("data", (request) => socket.write(versionsAnswer(request)));
  });
  const link = new ClusterLink({ brokers: [`127.0.0.1:${port}`], clientId: "test", tls: null, sasl: null }, quietLog);
  const cluster = await link.cluster();
  const { length } = accepted;
  link.drop(cluster, new Error("a fault"));
  await expect(cluster.refreshMetadata()).rejects.toThrow();
  await expect(cluster.connect()).rejects.toThrow();
  await new Promise((resolve) => setImmediate(resolve));
  expect(accepted.length).toBe(length);
  link.close();
});

it.each([
  ["", null],
  [", while it signs in too", { onSuccess() {}, onError() {} }],
])("a connection knows when its broker was last heard of%s", async (_, authHandlers) => {
  const connection = newConnection();
  await connection.connect();
  Object.assign(connection, { authHandlers });
  expect(connection.heardMs).toBeUndefined();
  const before = Date.now();
  await expect.poll(() => accepted.length).toBe(1);
  accepted[0]?.write(Buffer.alloc(1));
  await expect.poll(() => connection.heardMs).toBeGreaterThanOrEqual(before);
  await connection.disconnect();
});

it.each([
  ["a question", { apiKey: 3 }, null, 10_000],
  ["how to sign in", { apiKey: 17 }, null, 10_000],
  ["signing in", { apiKey: 36 }, null, 10_000],
  ["what a transaction asks", { apiKey: 0 }, null, 15_000],
  ["what is done once", { apiKey: 19 }, null, 30_000],
  ["what says itself that it takes long", { apiKey: 11 }, 60_000, 60_000],
])("how long a broker that hangs is waited for: %s", (_, { apiKey }, requestTimeout, expected) => {
  const queue = new RequestQueue({ maxInFlightRequests: null, requestTimeout: 30_000, enforceRequestTimeout: true });
  const settle = () => undefined;
  const entry = { apiKey, apiName: "any", apiVersion: 0, correlationId: 1, resolve: settle, reject: settle };
  const request = { entry, expectResponse: true, requestTimeout, sendRequest: settle };
  expect(queue.createSocketRequest(request).requestTimeout).toBe(expected);
});

function newConnection(): Connection {
  return new Connection({
    host: "127.0.0.1",
    port,
    logger: loggers.createLogger({ level: loggers.LEVELS.NOTHING ?? 0, logCreator: () => () => undefined }),
    socketFactory: (target) => {
      opened++;
      return connect({ host: target.host, port: target.port }, target.onConnect);
    },
    requestTimeout: 30_000,
    connectionTimeout: 30_000,
  });
}

const anyRequest = {
  request: {
    apiKey: 18,
    apiVersion: 0,
    apiName: "ApiVersions",
    encode: async () => ({ buf: Buffer.alloc(0), buffer: Buffer.alloc(0), size: () => 0 }),
  },
  response: { decode: async (bytes: Buffer) => bytes, parse: async (bytes: Buffer) => bytes },
};

/** Says to know no request at all: enough for a client that only connects. */
function versionsAnswer(request: Buffer): Buffer {
  const correlationId = request.readInt32BE(8);
  const answer = Buffer.alloc(4 + 4 + 2 + 4 + 4);
  answer.writeInt32BE(answer.length - 4, 0);
  answer.writeInt32BE(correlationId, 4);
  return answer;
}

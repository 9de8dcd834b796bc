import Connection from "kafkajs/src/network/connection.js";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

// What kafkajs 2.2.4 gets wrong about connections that end, mended in place. This file is imported for its effect alone.

/**
 * kafkajs takes a connection for connected while it is being closed, and it closes dead ones again. A request that came in between was written to
 * a socket without life: no answer, no error and no timeout ever came, and whoever waited for it waited for ever.
 */
const { isConnected } = Connection.prototype;
Connection.prototype.isConnected = function (this: Connection) {
  return isConnected.call(this) && this.socket?.destroyed === false;
};

/** kafkajs opens a socket for each request that finds its connection closed, and forgets all but the last: their ends then end the good one. */
const connecting = new WeakMap<Connection, Promise<unknown>>();
const { connect } = Connection.prototype;
Connection.prototype.connect = function (this: Connection) {
  const known = connecting.get(this);
  if (known !== undefined) return known;
  const opened = connect.call(this).finally(() => connecting.delete(this));
  connecting.set(this, opened);
  return opened;
};

/**
 * kafkajs waits for the answers of a broker that it lets go, and everyone who asks for metadata waits with it: of one that hangs, and has therefore
 * left the cluster, no answer comes. What it owes is asked for elsewhere.
 */
const { disconnect } = Connection.prototype;
Connection.prototype.disconnect = function (this: Connection) {
  const broker = `${this.host}:${this.port}`;
  const gone = Object.assign(new Error("The broker was let go"), { name: "KafkaJSConnectionError", broker });
  this.requestQueue.rejectAll(gone);
  return disconnect.call(this);
};

/**
 * How long requests wait for a broker that hangs, milliseconds, by Kafka's numbers; others wait as long as the client is told to. A cluster lets such a broker go
 * after nine seconds, and others lead its partitions then. Questions that change nothing may be asked again at no risk: fetches, offsets, metadata,
 * committed offsets, coordinators, heartbeats, signing in, versions, transactions. What is done once by its sequence number or within its transaction may be asked again too, but not
 * while it may only be slow: producing, and all that a transaction asks.
 */
const questions = { numbers: [1, 2, 3, 9, 10, 12, 17, 18, 36, 65], timeoutMs: 10_000 };
const repeatable = { numbers: [0, 22, 24, 25, 26, 28], timeoutMs: 15_000 };
const timeouts = new Map(
  [questions, repeatable].flatMap(({ numbers, timeoutMs }) => numbers.map((number) => [number, timeoutMs] as const)),
);

/** kafkajs takes the longer of a request's own timeout and the client's. */
const { createSocketRequest } = RequestQueue.prototype;
RequestQueue.prototype.createSocketRequest = function (this: RequestQueue, pushed) {
  const request = createSocketRequest.call(this, pushed);
  request.requestTimeout = timeouts.get(pushed.entry.apiKey) ?? request.requestTimeout;
  return request;
};

/** kafkajs arms a timer in the past after every answer, for which Node 24 warns; it is needed only where requests are waiting. */
const { scheduleCheckPendingRequests } = RequestQueue.prototype;
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
};

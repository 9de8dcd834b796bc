import { connect as connectPlain, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import Cluster from "kafkajs/src/cluster/index.js";
import loggers from "kafkajs/src/loggers/index.js";
import { PipelineError } from "../../domain/errors.ts";
import type { Log } from "../log/log.ts";
import { rootOf, toPipelineError } from "./errors.ts";
import "./kafkajs-repairs.ts";
import { oauthBearer } from "./oauth-bearer.ts";
import { closedError } from "./retry.ts";
import { SaslSession } from "./sasl-session.ts";
import { scramSha512 } from "./scram.ts";
import { TokenSession } from "./token-session.ts";
import type { KafkaConnection } from "./types.ts";

const connectTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const repeatTroubleMs = 10_000;

/**
 * The connection to a cluster for one sender, reader or admin. A fault of the network drops it whole, and the next use connects
 * afresh: a client that is mended in place can stall after a broker's restart (kafkajs #659, #1277).
 */
export class ClusterLink {
  readonly connection: KafkaConnection;
  readonly #log: Log;
  readonly #session: SaslSession | null;
  readonly #sasl: Cluster.Sasl | null;
  readonly #sockets = new Map<Cluster, Set<Socket>>();
  /** Whom each is signed in as. */
  readonly #usernames = new WeakMap<Cluster, string>();
  #current: Promise<Cluster> | null = null;
  #closed = false;
  #troubleAtMs: number | null = null;

  constructor(connection: KafkaConnection, log: Log) {
    const { sasl, renewSasl, tokens } = connection;
    this.connection = connection;
    this.#log = log;
    this.#session = sasl === null ? null : new SaslSession(sasl, renewSasl);
    if (tokens !== undefined) this.#sasl = oauthBearer(new TokenSession(tokens));
    else this.#sasl = this.#session === null ? null : scramSha512(this.#session);
  }

  /** The connected cluster; connects where there is none, and rejects with the library's error if that fails. */
  async cluster(): Promise<Cluster> {
    if (this.#closed) throw closedError();
    const connecting = this.#current ?? this.#connect();
    this.#current = connecting;
    try {
      return await connecting;
    } catch (error) {
      // Another may have begun anew in the meantime.
      if (this.#current === connecting) this.#current = null;
      throw error;
    }
  }

  /** The fault to act on: the same, or one that says "connect again" where a right was refused to a user that was rotated away from. */
  async faultOf(error: unknown, cluster: Cluster | null): Promise<unknown> {
    const username = cluster === null ? undefined : this.#usernames.get(cluster);
    const isDenial = rootOf(error).type?.endsWith("_AUTHORIZATION_FAILED") === true;
    return isDenial && username !== undefined ? this.#session?.afterDenial(username, error) : error;
  }

  /** Forgets a cluster after a fault: everything still under way on it fails at once. Later faults of the same cluster do nothing. */
  drop(cluster: Cluster): void {
    const sockets = this.#sockets.get(cluster);
    if (sockets === undefined) return;
    this.#sockets.delete(cluster);
    this.#current = null;
    release(cluster, sockets);
  }

  /** Says once that Kafka is out of reach, and again every ten seconds, so that no wait is silent. */
  reportTrouble(error: unknown): void {
    const nowMs = performance.now();
    if (rootOf(error).code === droppedCode) return;
    if (this.#closed || (this.#troubleAtMs !== null && nowMs - this.#troubleAtMs < repeatTroubleMs)) return;
    const isNew = this.#troubleAtMs === null;
    this.#troubleAtMs = nowMs;
    const fault = toPipelineError(error, this.connection);
    if (isNew) this.connection.onTrouble?.(fault);
    this.#log.warn(`${fault instanceof PipelineError ? fault.line : fault.message} Trying again.`);
  }

  reportWell(): void {
    if (this.#troubleAtMs === null) return;
    this.#troubleAtMs = null;
    this.#log.info("Kafka answers again.");
    this.connection.onTrouble?.(null);
  }

  close(): void {
    this.#closed = true;
    this.#current = null;
    for (const [cluster, sockets] of this.#sockets) release(cluster, sockets);
    this.#sockets.clear();
  }

  async #connect(): Promise<Cluster> {
    const sockets = new Set<Socket>();
    const cluster = makeCluster(this.connection, this.#sasl, this.#log, sockets);
    this.#sockets.set(cluster, sockets);
    if (this.#session !== null) this.#usernames.set(cluster, this.#session.credentials.username);
    try {
      await cluster.connect();
    } catch (error) {
      this.drop(cluster);
      this.#log.debug("Connecting to Kafka failed", { reason: rootOf(error).message });
      throw error;
    }
    if (!this.#closed) return cluster;
    release(cluster, sockets);
    throw closedError();
  }
}

/** The sockets of clusters that were let go: no more are opened, though others may still be at work on such a cluster. */
const released = new WeakSet<ReadonlySet<Socket>>();

const droppedCode = "ERR_KAFKA_DROPPED";

/** What those hear who were still at work on a cluster that another has let go: the fault itself is told by that other. */
function droppedError(): Error {
  return Object.assign(new Error("The connection was dropped"), { name: "KafkaJSConnectionError", code: droppedCode });
}

/** Fails what is under way, then cuts the connections; the library's own disconnect would wait for answers that never come. */
function release(cluster: Cluster, sockets: ReadonlySet<Socket>): void {
  released.add(sockets);
  const closed = droppedError();
  const { brokers, seedBroker } = cluster.brokerPool;
  for (const broker of [...Object.values(brokers), ...(seedBroker === undefined ? [] : [seedBroker])]) {
    for (const connection of broker.connectionPool.pool) connection.requestQueue.rejectAll(closed);
  }
  cluster.disconnect().catch(() => undefined);
  for (const socket of sockets) socket.destroy();
}

function makeCluster(connection: KafkaConnection, sasl: Cluster.Sasl | null, log: Log, sockets: Set<Socket>): Cluster {
  const { brokers, tls } = connection;
  return new Cluster({
    brokers,
    clientId: connection.clientId,
    ssl: tls === null ? null : tls.ca === undefined ? {} : { ca: tls.ca },
    sasl,
    logger: quietLogger(log),
    socketFactory: (target) => openSocket(target, sockets),
    connectionTimeout: connectTimeoutMs,
    authenticationTimeout: connectTimeoutMs,
    reauthenticationThreshold: 10_000,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    metadataMaxAge: 300_000,
    // Each broker of the list is tried once; waiting longer is decided by the caller.
    retry: { retries: brokers.length - 1, initialRetryTime: 50 },
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: 1,
  });
}

/** As the library's own, and without Nagle's delay, which holds back the second of two small requests. */
function openSocket(target: Cluster.SocketTarget, sockets: Set<Socket>): Socket {
  const { host, port, ssl, onConnect } = target;
  if (released.has(sockets)) return new Socket().destroy(droppedError());
  const socket =
    ssl === null
      ? connectPlain({ host, port }, onConnect)
      : connectTls({ host, port, ...(/^[\d.]+$/.test(host) ? {} : { servername: host }), ...ssl }, onConnect);
  socket.setKeepAlive(true, 30_000);
  socket.setNoDelay(true);
  sockets.add(socket);
  socket.once("close", (hadError) => {
    sockets.delete(socket);
    // kafkajs hears of an end and of an error; of a connection that is closed while it is being made it would wait for ever.
    if (!hadError) socket.emit("error", Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" }));
  });
  return socket;
}

/** The library's lines are for debugging only: what matters is said by this folder, once, without stack traces. */
function quietLogger(log: Log): unknown {
  return loggers.createLogger({
    level: loggers.LEVELS.WARN ?? 2,
    logCreator:
      () =>
      ({ namespace, log: entry }) =>
        log.debug(`kafkajs ${namespace}: ${String(entry.message)}`, { broker: String(entry.broker ?? "") }),
  });
}

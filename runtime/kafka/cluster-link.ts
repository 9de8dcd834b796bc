import { connect as connectPlain, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import Cluster from "kafkajs/src/cluster/index.js";
import loggers from "kafkajs/src/loggers/index.js";
import type { Log } from "../log/log.ts";
import { rootOf } from "./errors.ts";
import "./kafkajs-answers.ts";
import "./kafkajs-repairs.ts";
import { LinkTrouble } from "./link-trouble.ts";
import { oauthBearer } from "./oauth-bearer.ts";
import { closedError } from "./retry.ts";
import { SaslSession } from "./sasl-session.ts";
import { scramSha512 } from "./scram.ts";
import { TokenSession } from "./token-session.ts";
import type { KafkaConnection } from "./types.ts";

const connectTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;

/**
 * The connection to a cluster for one sender, reader or admin. A broker that fails is dropped whole, and the next use connects to it
 * afresh: a client that is mended in place can stall after a broker's restart (kafkajs #659, #1277). Where no other is connected, all is dropped.
 */
export class ClusterLink {
  readonly connection: KafkaConnection;
  readonly #log: Log;
  readonly #session: SaslSession | null;
  readonly #sasl: Cluster.Sasl | null;
  readonly #trouble: LinkTrouble;
  readonly #sockets = new Map<Cluster, Set<Socket>>();
  /** Whom each is signed in as. */
  readonly #usernames = new WeakMap<Cluster, string>();
  #current: Promise<Cluster> | null = null;
  #closed = false;

  constructor(connection: KafkaConnection, log: Log) {
    const { sasl, renewSasl, tokens } = connection;
    this.connection = connection;
    this.#log = log;
    this.#trouble = new LinkTrouble(connection, log);
    this.#session = sasl === null ? null : new SaslSession(sasl, renewSasl);
    if (tokens !== undefined) this.#sasl = oauthBearer(new TokenSession(tokens));
    else this.#sasl = this.#session === null ? null : scramSha512(this.#session);
    links.add(this);
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

  /**
   * Forgets a broker after a fault of its connection, and everything still under way there fails at once: its neighbours, and whoever is at work with
   * them, are not disturbed. Where it is not known which, or no other is connected, the whole cluster goes. Later faults of the same connection do nothing.
   */
  drop(cluster: Cluster, fault: unknown): void {
    const sockets = this.#sockets.get(cluster);
    const { code, name, broker, sentAt } = rootOf(fault);
    if (sockets === undefined || code === droppedCode) return;
    if (!dropBroker(cluster, sockets, broker)) this.#dropAll(cluster, sockets);
    if (name !== "KafkaJSRequestTimeoutError") return;
    const hangingMs = ((sentAt ?? 0) + Date.now()) / 2;
    for (const link of links) if (link !== this) link.#dropHanging(broker, hangingMs);
  }

  /**
   * Of a broker that hangs nothing is heard: another link has waited for it long enough for all of them. One that this link has heard of in the second
   * half of that wait may be slow, but lives.
   */
  #dropHanging(address: string | undefined, hangingMs: number): void {
    for (const [cluster, sockets] of this.#sockets) {
      const pool = brokerAt(cluster, address)?.connectionPool.pool ?? [];
      // Where the clock was set back, what was heard before lies in the future.
      const isHeard = pool.some(({ heardMs = 0 }) => heardMs > hangingMs && heardMs <= Date.now());
      if (!isHeard) dropBroker(cluster, sockets, address);
    }
  }

  /** Says that Kafka, or what was asked of it, cannot be had for now. */
  reportTrouble(error: unknown, resource?: string): void {
    if (!this.#closed && rootOf(error).code !== droppedCode) this.#trouble.report(error, resource);
  }

  reportWell(): void {
    this.#trouble.well();
  }

  close(): void {
    links.delete(this);
    this.#closed = true;
    this.#current = null;
    for (const [cluster, sockets] of this.#sockets) release(cluster, sockets);
    this.#sockets.clear();
  }

  #dropAll(cluster: Cluster, sockets: ReadonlySet<Socket>): void {
    this.#sockets.delete(cluster);
    this.#current = null;
    release(cluster, sockets);
  }

  async #connect(): Promise<Cluster> {
    const sockets = new Set<Socket>();
    const cluster = makeCluster(this.connection, this.#sasl, this.#log, sockets);
    this.#sockets.set(cluster, sockets);
    if (this.#session !== null) this.#usernames.set(cluster, this.#session.credentials.username);
    try {
      await cluster.connect();
    } catch (error) {
      this.#dropAll(cluster, sockets);
      this.#log.debug("Connecting to Kafka failed", { reason: rootOf(error).message });
      throw error;
    }
    if (!this.#closed) return cluster;
    release(cluster, sockets);
    throw closedError();
  }
}

/** All that are open. */
const links = new Set<ClusterLink>();

/** The sockets of clusters that were let go: no more are opened, though others may still be at work on such a cluster. */
const released = new WeakSet<ReadonlySet<Socket>>();

const droppedCode = "ERR_KAFKA_DROPPED";

/** What those hear who were still at work on a cluster that another has let go: the fault itself is told by that other. */
function droppedError(): Error {
  return Object.assign(new Error("The connection was dropped"), { name: "KafkaJSConnectionError", code: droppedCode });
}

/**
 * Lets one broker go, told by its address ("host:port"), where another is connected; the next look at the cluster makes it anew. One that is not there
 * has been let go already. False where all have to go.
 */
function dropBroker(cluster: Cluster, sockets: ReadonlySet<Socket>, address: string | undefined): boolean {
  const all = Object.values(cluster.brokerPool.brokers);
  const failed = brokerAt(cluster, address);
  if (address === undefined || !all.some((broker) => broker !== failed && broker.isConnected())) return false;
  if (failed === undefined) return true;
  const { host, port, pool } = failed.connectionPool;
  cluster.removeBroker({ host, port });
  for (const { requestQueue } of pool) requestQueue.rejectAll(droppedError());
  failed.disconnect().catch(() => undefined);
  for (const { socket } of pool) if (sockets.has(socket)) socket.destroy();
  return true;
}

function brokerAt(cluster: Cluster, address: string | undefined): Cluster.Broker | undefined {
  const all = Object.values(cluster.brokerPool.brokers);
  return all.find(({ connectionPool: { host, port } }) => `${host}:${port}` === address);
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

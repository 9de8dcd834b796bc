import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { Connection } from "./connection.ts";
import { ConnectionSlots } from "./connection-slots.ts";
import { Conversation } from "./conversation.ts";
import { credentialsOf } from "./credentials.ts";
import type { StandInOptions } from "./stand-in-options.ts";

const streamPath = /^\/(?:v2\/(iex|sip|delayed_sip|otc|test)|v1beta1\/(boats|overnight))(?:\?|$)/;

/** The WebSocket half of the stand-in: takes connections in and keeps the list of them. */
export class StreamServer {
  readonly #options: StandInOptions;
  readonly #onChange: (feedName: string) => void;
  readonly #slots: ConnectionSlots;
  // Alpaca offers compression; a client that does not ask for it gets none.
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: { threshold: 1024 } });
  readonly #connections = new Map<Connection, string>();

  /** @param onChange called with the feed's name when its connections or their subscriptions change */
  constructor(options: StandInOptions, onChange: (feedName: string) => void) {
    this.#options = options;
    this.#onChange = onChange;
    this.#slots = new ConnectionSlots(options.connectionLimit ?? 1, options.slotHoldMs ?? 0);
  }

  /** Those connected now; a copy, so that one may leave while they are gone through. */
  connections(isTest?: boolean): Connection[] {
    const list: Connection[] = [];
    for (const [connection, feedName] of this.#connections) {
      if (isTest === undefined || (feedName === "test") === isTest) list.push(connection);
    }
    return list;
  }

  /** Answers a request to upgrade; a path that is no stream gets 404. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const found = streamPath.exec(request.url ?? "");
    const feedName = found?.[1] ?? found?.[2];
    if (feedName === undefined) {
      socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, request, feedName));
  }

  close(): void {
    this.#slots.close();
    for (const connection of this.connections()) connection.drop();
    this.#server.close();
  }

  #accept(socket: WebSocket, request: IncomingMessage, feedName: string): void {
    const { keyId, secretKey, symbolLimit, entitledFeeds, authTimeoutMs, log } = this.#options;
    let hasSlot = false;
    const conversation = new Conversation({
      keyId,
      secretKey,
      symbolLimit: symbolLimit ?? Number.POSITIVE_INFINITY,
      entitled: entitledFeeds?.includes(feedName) ?? true,
      takeSlot: () => {
        hasSlot = this.#slots.take(feedName);
        return hasSlot;
      },
    });
    const connection = new Connection({
      socket,
      format: request.headers["content-type"]?.startsWith("application/msgpack") === true ? "msgpack" : "json",
      conversation,
      credentials: credentialsOf(request.headers),
      authTimeoutMs: authTimeoutMs ?? 10_000,
      onChange: () => this.#onChange(feedName),
    });
    this.#connections.set(connection, feedName);
    socket.on("close", (code) => {
      this.#connections.delete(connection);
      // 1006 is a socket that went away without a close frame.
      if (hasSlot) this.#slots.release(feedName, code === 1006);
      log.debug("client gone", { feed: feedName, code });
    });
    log.debug("client connected", { feed: feedName });
  }
}

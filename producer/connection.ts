import { WebSocket } from "ws";
import { type Channel, streamChannels } from "../domain/messages/channels.ts";
import { type ConnectionEnd, isEndOfRecording } from "./connection-end.ts";
import { type ControlFrame, TappedStream } from "./tapped-stream.ts";

export interface ConnectionOptions {
  readonly url: string;
  readonly keyId: string;
  readonly secretKey: string;
  readonly symbols: readonly string[];
  readonly timing: ConnectionTiming;
  /** The data elements of one frame. */
  readonly onElements: (elements: readonly unknown[]) => void;
  /** A frame that the client could not decode. */
  readonly onUndecodable: (bytes: Buffer) => void;
  /** The subscription is acknowledged, on these channels. */
  readonly onSubscribed: (channels: readonly Channel[]) => void;
  /** True where data are to be expected now. */
  readonly expectsData: () => boolean;
}

/** Bounds of a connection's silences, milliseconds. */
export interface ConnectionTiming {
  /** From opening to the acknowledged subscription. */
  readonly readyTimeoutMs: number;
  /** A ping is sent this long after the last sign of life, and must be answered within as long again. */
  readonly pingAfterMs: number;
  /** Without data for this long while they are to be expected, the connection is mute. */
  readonly dataTimeoutMs: number;
}

/** One connection to the stream, from opening to its end. */
export interface Connection {
  /** Never rejects. */
  readonly ended: Promise<ConnectionEnd>;
  /** Stops reading; what the server sends waits in its and our kernel. */
  pause(): void;
  resume(): void;
  close(): void;
}

/**
 * What is asked for, richest first: a feed that does not know a channel refuses the whole request (410), and the next is tried.
 */
const subscriptions: readonly (readonly Channel[])[] = [
  streamChannels,
  streamChannels.filter((channel) => channel !== "imbalances"),
  ["quotes", "trades", "bars"],
];

/** Opens a connection, authenticates and subscribes. */
export function openConnection(options: ConnectionOptions): Connection {
  return new StreamConnection(options);
}

class StreamConnection implements Connection {
  readonly ended: Promise<ConnectionEnd>;
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  readonly #stream: TappedStream;
  readonly #readyTimer: NodeJS.Timeout;
  readonly #watch: NodeJS.Timeout;
  #attempt = 0;
  #isSubscribed = false;
  /** The first cause found; what the socket says afterwards is its consequence. */
  #cause: ConnectionEnd | null = null;
  #aliveAtMs = performance.now();
  #dataAtMs = performance.now();
  #pingAtMs: number | null = null;
  #checkedAtMs = performance.now();
  #frameWasRead = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { url, timing } = options;
    const headers = { "Content-Type": "application/msgpack" };
    const handshakeTimeout = timing.readyTimeoutMs;
    const socket = new WebSocket(url, { headers, perMessageDeflate: false, handshakeTimeout });
    this.#socket = socket;
    this.ended = this.#whenClosed();
    this.#stream = new TappedStream({
      url,
      keyId: options.keyId,
      secretKey: options.secretKey,
      wsFactory: () => ({
        on: (event, listener) => this.#listen(event, listener),
        send: (data) => socket.send(data),
        close: (code, reason) => socket.close(code, reason),
      }),
      onElements: (elements) => this.#elements(elements),
      onControl: (frame) => this.#control(frame),
    });
    this.#stream.connect();
    this.#readyTimer = setTimeout(() => this.#end({ kind: "handshakeTimeout" }), timing.readyTimeoutMs);
    this.#watch = setInterval(
      () => this.#checkLife(),
      Math.min(1000, timing.pingAfterMs / 4, timing.dataTimeoutMs / 4),
    );
  }

  pause(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
    // While paused nothing could be heard: the silence counts from here.
    this.#heardNow();
  }

  close(): void {
    this.#end({ kind: "stopped" });
  }

  /** Stands between the client and the socket, to see every frame before it is decoded and know whether it was. */
  #listen(event: string, listener: (...args: unknown[]) => void): void {
    if (event !== "message") {
      this.#socket.on(event, listener);
      return;
    }
    this.#socket.on("message", (data: Buffer) => {
      // After a cause to end is found nothing more is taken: it would be missing from the next connection's gap.
      if (this.#cause !== null) return;
      this.#aliveAtMs = performance.now();
      this.#frameWasRead = false;
      listener(data);
      if (!this.#frameWasRead) this.#options.onUndecodable(data);
    });
  }

  #elements(elements: readonly unknown[]): void {
    this.#frameWasRead = true;
    this.#dataAtMs = this.#aliveAtMs;
    try {
      this.#options.onElements(elements);
    } catch (error) {
      // The client swallows what its handlers throw; a fault of ours must not pass as a bad frame.
      setImmediate(() => {
        throw error;
      });
    }
  }

  #control(frame: ControlFrame): void {
    this.#frameWasRead = true;
    switch (frame.kind) {
      case "success":
        return;
      case "authenticated":
        this.#subscribe();
        return;
      case "subscribed":
        if (this.#isSubscribed) return;
        this.#isSubscribed = true;
        clearTimeout(this.#readyTimer);
        this.#dataAtMs = performance.now();
        this.#options.onSubscribed(subscriptions[this.#attempt] ?? []);
        return;
      case "error":
        this.#refused(frame.code, frame.message);
        return;
      default:
        frame satisfies never;
    }
  }

  #subscribe(): void {
    this.#stream.subscribe(subscriptions[this.#attempt] ?? [], this.#options.symbols);
  }

  #refused(code: number, message: string): void {
    if (code === 410 && !this.#isSubscribed && this.#attempt + 1 < subscriptions.length) {
      this.#attempt++;
      this.#subscribe();
      return;
    }
    this.#end({ kind: "refused", code, message });
  }

  #checkLife(): void {
    if (this.#socket.isPaused || this.#socket.readyState !== WebSocket.OPEN) return;
    const { pingAfterMs, dataTimeoutMs } = this.#options.timing;
    const nowMs = performance.now();
    // Where we ourselves had stopped for a while, what came meanwhile has not been read yet.
    const wasStalled = nowMs - this.#checkedAtMs > pingAfterMs;
    this.#checkedAtMs = nowMs;
    if (wasStalled) this.#heardNow();
    if (this.#pingAtMs !== null && this.#aliveAtMs > this.#pingAtMs) this.#pingAtMs = null;
    if (this.#pingAtMs !== null && nowMs - this.#pingAtMs > pingAfterMs) this.#end({ kind: "unresponsive" });
    else if (this.#isSubscribed && nowMs - this.#dataAtMs > dataTimeoutMs && this.#options.expectsData()) {
      this.#end({ kind: "silent" });
    } else if (this.#pingAtMs === null && nowMs - this.#aliveAtMs > pingAfterMs) {
      this.#pingAtMs = nowMs;
      this.#socket.ping();
    }
  }

  #heardNow(): void {
    this.#aliveAtMs = performance.now();
    this.#dataAtMs = this.#aliveAtMs;
    this.#pingAtMs = null;
  }

  #end(cause: ConnectionEnd): void {
    this.#cause ??= cause;
    clearTimeout(this.#readyTimer);
    // A close handshake would wait on a server that may be gone, or behind data that nobody reads any more.
    if (cause.kind === "stopped" && this.#socket.readyState === WebSocket.OPEN && !this.#socket.isPaused) {
      this.#socket.close(1000);
      setTimeout(() => this.#socket.terminate(), 500).unref();
    } else {
      this.#socket.terminate();
    }
  }

  #whenClosed(): Promise<ConnectionEnd> {
    return new Promise((resolve) => {
      let fault = "";
      this.#socket.on("pong", () => {
        this.#aliveAtMs = performance.now();
      });
      this.#socket.on("unexpected-response", (_request, response) => {
        this.#end({ kind: "handshake", status: response.statusCode ?? 0 });
      });
      this.#socket.on("error", (error) => {
        fault ||= error.message === "" && "code" in error ? String(error.code) : error.message;
      });
      this.#socket.on("close", (code, reasonBytes) => {
        clearTimeout(this.#readyTimer);
        clearInterval(this.#watch);
        const reason = reasonBytes.toString();
        const detail = fault || `code ${code}${reason === "" ? "" : ` ${reason}`}`;
        resolve(
          this.#cause ??
            (isEndOfRecording(code, reason) ? { kind: "endOfRecording" } : { kind: "disconnected", detail }),
        );
      });
    });
  }
}

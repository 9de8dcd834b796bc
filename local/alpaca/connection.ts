import { decode, encode } from "@msgpack/msgpack";
import type { WebSocket } from "ws";
import type { Answer, Conversation, Credentials } from "./conversation.ts";
import type { FrameFormat } from "./encoded-batch.ts";
import { errorMessage, type StreamErrorCode } from "./error-codes.ts";
import type { FeedMessage } from "./feed.ts";

/** Above this a connection takes no more until its socket has sent some. */
const bufferedBytesMax = 1024 * 1024;

/** How long a client may take to read all that is under way before a close at the feed's end. */
const flushTimeoutMs = 60_000;

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly format: FrameFormat;
  readonly conversation: Conversation;
  /** From the handshake's headers; null where it had none. */
  readonly credentials: Credentials | null;
  readonly authTimeoutMs: number;
  /** Called after each change of the subscription, and at the close. */
  readonly onChange: () => void;
}

/** One client's socket: frames in and out, and the protocol's conversation between them. */
export class Connection {
  readonly format: FrameFormat;
  readonly #socket: WebSocket;
  readonly #conversation: Conversation;
  readonly #onChange: () => void;
  readonly #authTimer: NodeJS.Timeout;
  #muted = false;
  #wake: (() => void) | null = null;

  constructor(options: ConnectionOptions) {
    this.format = options.format;
    this.#socket = options.socket;
    this.#conversation = options.conversation;
    this.#onChange = options.onChange;
    this.#authTimer = setTimeout(() => {
      if (!this.#conversation.isAuthenticated) this.fail(404);
    }, options.authTimeoutMs);
    this.#socket.on("message", (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    this.#socket.on("close", () => {
      clearTimeout(this.#authTimer);
      this.#wake?.();
      this.#onChange();
    });
    // A socket's error is followed by its close, which is what counts here.
    this.#socket.on("error", () => undefined);
    this.#control({ T: "success", msg: "connected" });
    if (options.credentials !== null) this.#say(this.#conversation.authenticate(options.credentials));
  }

  /** True while data can be sent: open, subscribed to something, and not muted by a test. */
  get isListening(): boolean {
    return !this.#muted && this.#socket.readyState === this.#socket.OPEN && !this.#conversation.subscription.isEmpty;
  }

  get isFull(): boolean {
    return this.#socket.bufferedAmount > bufferedBytesMax;
  }

  wants(message: FeedMessage): boolean {
    return this.#conversation.subscription.wants(message);
  }

  sendFrame(frame: string | Buffer): void {
    this.#socket.send(frame, { binary: typeof frame !== "string" }, () => {
      if (!this.isFull) this.#wake?.();
    });
  }

  /** Settles when the socket has room again, or is closed. */
  async room(): Promise<void> {
    while (this.isFull && this.#socket.readyState === this.#socket.OPEN) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }

  /**
   * Closes after the client has read all: its answer to a ping, which stands behind the data, proves that.
   * Without the wait the close could time out on a client that is still busy, and cut off what it had not read.
   */
  async closeAfterFlush(code: number, reason: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, flushTimeoutMs);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#socket.once("pong", done);
      this.#socket.once("close", done);
      this.#socket.ping();
    });
    this.#socket.close(code, reason);
  }

  /** Tells an error and closes. */
  fail(code: StreamErrorCode): void {
    this.#control(errorMessage(code));
    this.#socket.close(1000);
  }

  /** Tells an error and goes on. */
  warn(code: StreamErrorCode): void {
    this.#control(errorMessage(code));
  }

  /** From here on nothing more is sent, though the socket stays open and answers pings. */
  mute(): void {
    this.#muted = true;
    this.#onChange();
  }

  /** Cuts the socket without a close frame, as a broken network does. */
  drop(): void {
    this.#socket.terminate();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#muted) return;
    let message: unknown;
    try {
      message = isBinary ? decode(data) : JSON.parse(data.toString("utf8"));
    } catch {
      // What cannot be read is answered like anything else that is not a request.
      message = undefined;
    }
    this.#say(this.#conversation.answer(message));
  }

  #say(answer: Answer): void {
    for (const reply of answer.replies) this.#control(reply);
    if (this.#conversation.isAuthenticated) clearTimeout(this.#authTimer);
    if (answer.close) this.#socket.close(1000);
    this.#onChange();
  }

  /** Control frames are arrays of one. */
  #control(message: Record<string, unknown>): void {
    if (this.#muted || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(this.format === "json" ? JSON.stringify([message]) : encode([message]));
  }
}

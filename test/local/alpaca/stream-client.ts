import { decode, encode } from "@msgpack/msgpack";
import { type ClientOptions, WebSocket } from "ws";

type Message = Record<string, unknown>;

/** A plain WebSocket client that keeps all it gets, for tests of the protocol itself. */
export class StreamClient {
  readonly frames: unknown[][] = [];
  readonly #socket: WebSocket;
  readonly #format: "json" | "msgpack";
  #wake: () => void = () => undefined;
  close: { code: number; reason: string } | null = null;
  pongs = 0;
  /** Told each text frame as it came. */
  onText: (text: string) => void = () => undefined;

  constructor(url: string, format: "json" | "msgpack" = "json", headers: ClientOptions["headers"] = {}) {
    this.#format = format;
    this.#socket = new WebSocket(url, {
      perMessageDeflate: false,
      headers: { "Content-Type": `application/${format}`, ...headers },
    });
    this.#socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (!isBinary) this.onText(data.toString());
      this.frames.push((isBinary ? decode(data, { useBigInt64: true }) : JSON.parse(data.toString())) as unknown[]);
      this.#wake();
    });
    this.#socket.on("close", (code, reason) => {
      this.close = { code, reason: reason.toString() };
      this.#wake();
    });
    this.#socket.on("error", () => undefined);
    this.#socket.on("pong", () => {
      this.pongs += 1;
      this.#wake();
    });
  }

  get messages(): unknown[] {
    return this.frames.flat();
  }

  /** What the stream tells about itself; everything else is data. */
  get control(): Message[] {
    return this.messages.filter(isControl);
  }

  get data(): unknown[] {
    return this.messages.filter((message) => !isControl(message));
  }

  send(message: unknown): void {
    this.#socket.send(this.#format === "json" ? JSON.stringify(message) : encode(message));
  }

  /** As it is: for what is no message. */
  sendRaw(data: string): void {
    this.#socket.send(data);
  }

  ping(): void {
    this.#socket.ping();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  async signIn(key = "key", secret = "secret"): Promise<void> {
    await this.until(() => this.messages.length > 0);
    this.send({ action: "auth", key, secret });
    await this.until(() => this.messages.length > 1);
  }

  async subscribe(request: object): Promise<void> {
    const before = this.control.length;
    this.send({ action: "subscribe", ...request });
    await this.until(() => this.control.length > before);
  }

  /** Waits for a condition, looked at after each event of the socket; the test's own time limit is the bound. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async end(): Promise<void> {
    this.#socket.close();
    await this.until(() => this.close !== null);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

function isControl(message: unknown): message is Message {
  const type = typeof message === "object" && message !== null && "T" in message ? message.T : null;
  return type === "success" || type === "error" || type === "subscription";
}

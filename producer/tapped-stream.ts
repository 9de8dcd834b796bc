import { streaming } from "@alpacahq/alpaca-trade-api";
import type { Channel } from "../domain/messages/channels.ts";

/** A control frame of the stream's protocol. */
export type ControlFrame =
  /** The server's greeting, and whatever else it reports as a success. */
  | { readonly kind: "success" }
  | { readonly kind: "authenticated" }
  /** The server's answer to a subscription: from here on its messages flow. */
  | { readonly kind: "subscribed" }
  | { readonly kind: "error"; readonly code: number; readonly message: string };

export interface TapOptions {
  readonly url: string;
  readonly keyId: string;
  readonly secretKey: string;
  readonly wsFactory: streaming.WebSocketFactory;
  /** The data elements of one frame, decoded and not otherwise touched. */
  readonly onElements: (elements: readonly unknown[]) => void;
  readonly onControl: (frame: ControlFrame) => void;
}

/**
 * Alpaca's official client, tapped before it maps messages to its own names: so that unknown types and fields and exact integers stay.
 * It speaks the protocol of one connection; reconnecting is ours, because the client's own keeps a refused symbol in its set, gives up in
 * silence, and says "reconnected" before the subscription is acknowledged. Pings are ours too: it would take a paused socket for a dead one.
 */
export class TappedStream extends streaming.StockDataStream {
  readonly #options: TapOptions;

  constructor(options: TapOptions) {
    super({
      credentials: { keyId: options.keyId, secret: options.secretKey },
      url: options.url,
      reconnect: false,
      pingIntervalMs: 0,
      wsFactory: options.wsFactory,
    });
    this.#options = options;
  }

  /** Subscribes to the symbols on these channels, in one request. */
  subscribe(names: readonly Channel[], symbols: readonly string[]): void {
    this.send({ action: "subscribe", ...Object.fromEntries(names.map((name) => [name, symbols])) });
  }

  protected override handleMessage(message: unknown): void {
    if (!Array.isArray(message)) {
      this.#options.onElements([message]);
      return;
    }
    // Control frames come alone; were one to stand among data, the data before it must still come first.
    let from = 0;
    for (const [index, element] of message.entries()) {
      if (!isControl(element)) continue;
      if (index > from) this.#options.onElements(message.slice(from, index));
      from = index + 1;
      this.#control(element);
    }
    if (from === 0) this.#options.onElements(message);
    else if (from < message.length) this.#options.onElements(message.slice(from));
  }

  #control(frame: Frame): void {
    switch (frame.T) {
      case "success":
        super.handleMessage([frame]);
        this.#options.onControl({ kind: frame["msg"] === "authenticated" ? "authenticated" : "success" });
        return;
      case "subscription":
        super.handleMessage([frame]);
        this.#options.onControl({ kind: "subscribed" });
        return;
      case "error":
        this.#options.onControl({ kind: "error", code: Number(frame["code"]), message: String(frame["msg"] ?? "") });
        return;
      default:
        frame.T satisfies never;
    }
  }
}

interface Frame {
  readonly T: "success" | "subscription" | "error";
  readonly [key: string]: unknown;
}

function isControl(element: unknown): element is Frame {
  if (typeof element !== "object" || element === null) return false;
  const type = (element as { readonly T?: unknown }).T;
  return type === "success" || type === "subscription" || type === "error";
}

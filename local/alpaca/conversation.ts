import { errorMessage, type StreamErrorCode } from "./error-codes.ts";
import { readRequest } from "./request.ts";
import { Subscription } from "./subscription.ts";

/** What the server allows a connection. */
export interface ConversationRules {
  readonly keyId: string;
  readonly secretKey: string;
  /** Trade and quote subscriptions together. */
  readonly symbolLimit: number;
  /** False for a feed that the account's plan does not have (409). */
  readonly entitled: boolean;
  /** Takes one of the account's connection slots; false where none is free (406). */
  readonly takeSlot: () => boolean;
}

/** A key and secret, wherever they came from. */
export interface Credentials {
  readonly key: string;
  readonly secret: string;
}

/** What to send, and whether to close after it. */
export interface Answer {
  readonly replies: readonly Record<string, unknown>[];
  readonly close: boolean;
}

/**
 * One connection's side of Alpaca's protocol, without its socket:
 *
 *     connected --auth--> authenticated --subscribe/unsubscribe--> authenticated
 *         \--wrong key 402, no slot 406, no plan 409, too late 404--> closed
 */
export class Conversation {
  readonly subscription = new Subscription();
  readonly #rules: ConversationRules;
  #authenticated = false;

  constructor(rules: ConversationRules) {
    this.#rules = rules;
  }

  get isAuthenticated(): boolean {
    return this.#authenticated;
  }

  /** Answers a client's message, parsed but not trusted. */
  answer(message: unknown): Answer {
    const request = readRequest(message);
    switch (request.action) {
      case "refused":
        return refusal(request.code, false);
      case "auth":
        return this.authenticate(request);
      case "subscribe":
      case "unsubscribe": {
        if (!this.#authenticated) return refusal(401, false);
        if (request.action === "unsubscribe") this.subscription.remove(request.channels);
        else if (this.subscription.limitedCountWith(request.channels) > this.#rules.symbolLimit) {
          return refusal(405, false);
        } else this.subscription.add(request.channels);
        return { replies: [this.subscription.acknowledgement()], close: false };
      }
      default:
        return request satisfies never;
    }
  }

  /** Signs in by a message or by handshake headers. */
  authenticate({ key, secret }: Credentials): Answer {
    if (this.#authenticated) return refusal(403, false);
    if (key !== this.#rules.keyId || secret !== this.#rules.secretKey) return refusal(402, true);
    if (!this.#rules.entitled) return refusal(409, true);
    if (!this.#rules.takeSlot()) return refusal(406, true);
    this.#authenticated = true;
    return { replies: [{ T: "success", msg: "authenticated" }], close: false };
  }
}

function refusal(code: StreamErrorCode, close: boolean): Answer {
  return { replies: [errorMessage(code)], close };
}

import { type Channel, streamChannels } from "../../domain/messages/channels.ts";
import { otherChannels } from "./channels.ts";
import type { ChannelSymbols } from "./subscription.ts";

/** What a client asks for, or the error code that its message earns. */
export type ClientRequest =
  | { readonly action: "auth"; readonly key: string; readonly secret: string }
  | { readonly action: "subscribe" | "unsubscribe"; readonly channels: ChannelSymbols }
  | { readonly action: "refused"; readonly code: 400 | 410 };

const channelNames: ReadonlySet<string> = new Set(streamChannels);
const symbolPattern = /^(\*|[A-Z][A-Z0-9./_]{0,15})$/;
const invalid: ClientRequest = { action: "refused", code: 400 };

/** Reads a client's message, parsed but not trusted. */
export function readRequest(value: unknown): ClientRequest {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return invalid;
  const { action, ...rest } = value as Record<string, unknown>;
  switch (action) {
    case "auth":
      return typeof rest.key === "string" && typeof rest.secret === "string"
        ? { action, key: rest.key, secret: rest.secret }
        : invalid;
    case "subscribe":
    case "unsubscribe":
      return readChannels(action, rest);
    default:
      return invalid;
  }
}

function readChannels(action: "subscribe" | "unsubscribe", lists: Record<string, unknown>): ClientRequest {
  const channels = new Map<Channel, readonly string[]>();
  for (const [name, symbols] of Object.entries(lists)) {
    if (otherChannels.has(name)) return { action: "refused", code: 410 };
    if (!channelNames.has(name) || !isSymbols(symbols)) return invalid;
    channels.set(name as Channel, symbols);
  }
  return { action, channels };
}

function isSymbols(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((symbol) => typeof symbol === "string" && symbolPattern.test(symbol));
}

import type { Channel } from "../../domain/messages/channels.ts";

/** Channels of Alpaca's other streams: known, but refused on a stock stream with 410. */
export const otherChannels: ReadonlySet<string> = new Set(["news", "orderbooks"]);

const channelsByType: ReadonlyMap<unknown, Channel> = new Map<unknown, Channel>([
  ["t", "trades"],
  // Corrections and cancels follow the trades subscription.
  ["c", "trades"],
  ["x", "trades"],
  ["q", "quotes"],
  ["b", "bars"],
  ["u", "updatedBars"],
  ["d", "dailyBars"],
  ["s", "statuses"],
  ["l", "lulds"],
  ["i", "imbalances"],
]);

/** The channel that carries messages of a type (`T`); null for a type that Alpaca's stock stream does not have. */
export function channelOf(type: unknown): Channel | null {
  return channelsByType.get(type) ?? null;
}

import { type Channel, streamChannels } from "../../domain/messages/channels.ts";
import type { FeedMessage } from "./feed.ts";

/** Symbols by channel, as a request names them. */
export type ChannelSymbols = ReadonlyMap<Channel, readonly string[]>;

const everySymbol = "*";

/** What one connection is subscribed to. */
export class Subscription {
  readonly #symbols: ReadonlyMap<Channel, Set<string>> = new Map(
    streamChannels.map((channel) => [channel, new Set<string>()]),
  );
  #size = 0;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  add(request: ChannelSymbols): void {
    for (const [channel, symbols] of request) for (const symbol of symbols) this.#of(channel).add(symbol);
    this.#count();
  }

  remove(request: ChannelSymbols): void {
    for (const [channel, symbols] of request) for (const symbol of symbols) this.#of(channel).delete(symbol);
    this.#count();
  }

  /** How many trade and quote subscriptions there would be with the request added; `*` is more than any limit. */
  limitedCountWith(request: ChannelSymbols): number {
    let count = 0;
    for (const channel of ["trades", "quotes"] as const) {
      const all = new Set([...this.#of(channel), ...(request.get(channel) ?? [])]);
      count += all.has(everySymbol) ? Number.POSITIVE_INFINITY : all.size;
    }
    return count;
  }

  wants(message: FeedMessage): boolean {
    if (this.#size === 0) return false;
    const { channel, symbol } = message;
    if (symbol === null) return true;
    if (channel !== null) return this.#has(this.#of(channel), symbol);
    for (const symbols of this.#symbols.values()) if (this.#has(symbols, symbol)) return true;
    return false;
  }

  /** The acknowledgement: every channel with its full list; corrections and cancels follow trades. */
  acknowledgement(): Record<string, unknown> {
    const lists = Object.fromEntries([...this.#symbols].map(([channel, symbols]) => [channel, [...symbols]]));
    const trades = lists.trades ?? [];
    return { T: "subscription", ...lists, corrections: [...trades], cancelErrors: [...trades] };
  }

  #has(symbols: ReadonlySet<string>, symbol: string): boolean {
    return symbols.has(symbol) || symbols.has(everySymbol);
  }

  #of(channel: Channel): Set<string> {
    const symbols = this.#symbols.get(channel);
    if (symbols === undefined) throw new Error(`no such channel: ${channel}`);
    return symbols;
  }

  #count(): void {
    this.#size = 0;
    for (const symbols of this.#symbols.values()) this.#size += symbols.size;
  }
}

/** The channels of Alpaca's stock stream, in the order in which it acknowledges them. Corrections and cancels follow `trades`. */
export const streamChannels = [
  "trades",
  "quotes",
  "bars",
  "updatedBars",
  "dailyBars",
  "statuses",
  "lulds",
  "imbalances",
] as const;

/** A channel that a client can name in a subscription. */
export type Channel = (typeof streamChannels)[number];

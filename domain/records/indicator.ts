/** Where a price stands against the previous close (I1). */
export const indicators = ["Bullish", "Bearish", "Neutral"] as const;

export type Indicator = (typeof indicators)[number];

import { ascii, keys } from "./ascii.ts";
import type { JsonWriter } from "./json-writer.ts";

/** Where a price stands against the previous close (I1). */
export const indicators = ["Bullish", "Bearish", "Neutral"] as const;

export type Indicator = (typeof indicators)[number];

/** How far a price stands from the previous close. */
export interface Change {
  /** Percent, in ten-thousandths, rounded for the wire (P2); the indicator is taken from the exact value. */
  readonly percentTenThousandths: number;
  readonly indicator: Indicator;
}

const key = keys("percentChange", "indicator");
const unknown = ascii(',"percentChange":null,"indicator":null');

/** `percentChange` and `indicator`; nulls where there is no change to tell (I2, Q2). */
export function writeChange(json: JsonWriter, change: Change | null): void {
  if (change === null) json.put(unknown);
  else {
    json.put(key.percentChange).tenThousandths(change.percentTenThousandths);
    json.put(key.indicator).text(change.indicator);
  }
}

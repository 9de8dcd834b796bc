import type { Indicator } from "../../domain/records/indicator.ts";

/** One colour for each indicator, wherever it is shown; told apart by the colour-blind too. */
export const indicatorColors: Readonly<Record<Indicator, string>> = {
  Bullish: "#1b7f5c",
  Bearish: "#c4392f",
  Neutral: "#7d8597",
};

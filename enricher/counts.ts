import type { Metrics } from "../runtime/metrics/metrics.ts";
import type { Output } from "./operators/output.ts";

/** Counts what the fold gave: by stream and kind, quotes by indicator, dead letters by reason. */
export function countOutput(metrics: Metrics, output: Output): void {
  switch (output.stream) {
    case "enriched":
      if (output.type !== "quote") {
        metrics.add(`${output.type}s`);
        return;
      }
      // Quotes are what the feed is measured by: their count and their indicators bear no name of the kind.
      metrics.add("enriched");
      metrics.add(output.indicator === null ? "withoutIndicator" : indicatorCounts[output.indicator]);
      return;
    case "candles":
    case "alerts":
      metrics.add(output.stream);
      return;
    case "deadLetter":
      metrics.add("deadLettered");
      metrics.add(`deadLettered.${output.reason}`);
      return;
    default:
      output satisfies never;
  }
}

const indicatorCounts = { Bullish: "bullish", Bearish: "bearish", Neutral: "neutral" } as const;

import type { Metrics } from "../runtime/metrics/metrics.ts";
import type { Output } from "./topology.ts";

/** Counts what the fold gave: by stream, by indicator, by reason. */
export function countOutput(metrics: Metrics, output: Output): void {
  switch (output.stream) {
    case "enriched":
      metrics.add("enriched");
      metrics.add(output.indicator === null ? "withoutIndicator" : output.indicator.toLowerCase());
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

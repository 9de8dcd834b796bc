import type { StageReport } from "../../runtime/metrics/report.ts";

/** What a run did, by stage: the last line of `up --json`. */
export interface Summary {
  readonly produced: { readonly messages: number; readonly quotes: number; readonly trades: number };
  readonly enriched: { readonly quotes: number; readonly candles: number };
  /** Records of products with topics of their own; 0 without `--entitlements`. */
  readonly distributed: {
    readonly records: number;
    /** Products with a delay, which `--until-end` has not waited for: some of their records were not due yet. */
    readonly notAwaited: readonly string[];
  };
  readonly indexed: { readonly quotes: number; readonly candles: number };
  readonly consumed: { readonly quotes: number };
  readonly deadLettered: number;
  /** Enriched quotes by their indicator; `none` where there is none to tell (I2, Q2). */
  readonly indicators: {
    readonly Bullish: number;
    readonly Bearish: number;
    readonly Neutral: number;
    readonly none: number;
  };
  /** From the first message received to the last enriched record acknowledged. */
  readonly quotesPerSecond: number;
  /** Of the whole run, servers' start included. */
  readonly seconds: number;
}

/** Sums up the stages' last reports. */
export function summarize(
  reports: ReadonlyMap<string, StageReport | undefined>,
  seconds: number,
  notAwaited: readonly string[] = [],
): Summary {
  const of = (stage: string, metric: string) => reports.get(stage)?.metrics.counts[metric] ?? 0;
  return {
    produced: {
      messages: of("producer", "messages"),
      quotes: of("producer", "quotes"),
      trades: of("producer", "trades"),
    },
    enriched: { quotes: of("enricher", "enriched"), candles: of("enricher", "candles") },
    distributed: { records: of("distributor", "records"), notAwaited },
    indexed: { quotes: of("indexer", "quotes"), candles: of("indexer", "candles") },
    consumed: { quotes: of("consumer", "quotes") },
    deadLettered: of("enricher", "deadLettered") + of("distributor", "deadLettered") + of("indexer", "deadLettered"),
    indicators: {
      Bullish: of("enricher", "bullish"),
      Bearish: of("enricher", "bearish"),
      Neutral: of("enricher", "neutral"),
      none: of("enricher", "withoutIndicator"),
    },
    quotesPerSecond: Math.round(of("enricher", "enriched") / flowSeconds(reports)),
    seconds: Math.round(seconds * 10) / 10,
  };
}

function flowSeconds(reports: ReadonlyMap<string, StageReport | undefined>): number {
  const first = reports.get("producer")?.metrics.moments["firstReceivedMicros"] ?? 0;
  const last = reports.get("enricher")?.metrics.moments["publishedMicros"] ?? 0;
  return Math.max(0.001, (last - first) / 1_000_000);
}

/** The summary for a person. */
export function summaryText(summary: Summary): string {
  const { produced, enriched, distributed, indexed, indicators } = summary;
  const { records, notAwaited } = distributed;
  return [
    `${produced.messages} messages in, ${produced.quotes} of them quotes`,
    `${enriched.quotes} quotes enriched (${indicators.Bullish} Bullish, ${indicators.Bearish} Bearish, ${indicators.Neutral} Neutral, ${indicators.none} without), ${enriched.candles} candles`,
    ...(records > 0 ? [`${records} records of products written to topics of their own`] : []),
    ...(notAwaited.length > 0 ? [`products with a delay were not waited for: ${notAwaited.join(", ")}`] : []),
    `${indexed.quotes} quotes and ${indexed.candles} candles indexed, ${summary.consumed.quotes} quotes consumed, ${summary.deadLettered} dead-lettered, in ${summary.seconds} s`,
    "",
  ].join("\n");
}

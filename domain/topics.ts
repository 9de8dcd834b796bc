/** The names of the topics of one deployment. */
export interface TopicNames {
  readonly raw: string;
  readonly enriched: string;
  readonly candles: string;
  readonly alerts: string;
  readonly deadLetter: string;
  readonly state: string;
}

/** One partition count for all topics, so that a symbol has one partition number everywhere. */
export const defaultPartitions = 12;

/** The topics' names under a prefix, `market.` by default. */
export function topicNames(prefix: string): TopicNames {
  return {
    raw: `${prefix}raw`,
    enriched: `${prefix}enriched`,
    candles: `${prefix}candles`,
    alerts: `${prefix}alerts`,
    deadLetter: `${prefix}dead-letter`,
    state: `${prefix}state`,
  };
}

/** The topics that the enricher publishes on, all of which are indexed. */
export function publishedTopics({ enriched, candles, alerts, deadLetter }: TopicNames): readonly string[] {
  return [enriched, candles, alerts, deadLetter];
}

const dayMs = 86_400_000;

/** Each topic's settings: how long it is kept, and how the state topic is compacted (design: Topics, D2). */
export function topicConfigs(
  names: TopicNames,
): readonly { topic: string; configs: Readonly<Record<string, string>> }[] {
  const kept = (days: number) => ({ "retention.ms": String(days * dayMs) });
  return [
    { topic: names.raw, configs: { ...kept(7), "max.message.bytes": String(1024 * 1024) } },
    { topic: names.enriched, configs: kept(7) },
    { topic: names.candles, configs: kept(30) },
    { topic: names.alerts, configs: kept(30) },
    // A dead letter is a raw record and its headers, so that it needs more room than the largest raw record.
    { topic: names.deadLetter, configs: { ...kept(30), "max.message.bytes": String(2 * 1024 * 1024) } },
    {
      topic: names.state,
      configs: {
        "cleanup.policy": "compact",
        "segment.bytes": String(16 * 1024 * 1024),
        "segment.ms": "300000",
        "min.cleanable.dirty.ratio": "0.1",
        // A symbol with ten thousand trades kept one by one (W7) is one record of 1.2 MB, where nothing compresses it.
        "max.message.bytes": String(2 * 1024 * 1024),
      },
    },
  ];
}

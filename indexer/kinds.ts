/** What can be indexed, by the `type` of its value; dead letters have no type of their own on the wire. */
export const kindNames = [
  "quote",
  "trade",
  "correction",
  "cancel",
  "bar",
  "gap",
  "candle",
  "alert",
  "deadLetter",
] as const;

export type KindName = (typeof kindNames)[number];

export interface Kind {
  /** What follows the prefix in names of indices and templates. */
  readonly index: string;
  /** The counter of documents stored. */
  readonly metric: string;
  /** The field whose UTC day chooses the index, and by which an index is sorted (D4). */
  readonly timeField: "eventTime" | "from" | "start" | "time";
}

export const kinds: Readonly<Record<KindName, Kind>> = {
  quote: { index: "quotes", metric: "quotes", timeField: "eventTime" },
  trade: { index: "trades", metric: "trades", timeField: "eventTime" },
  correction: { index: "corrections", metric: "corrections", timeField: "eventTime" },
  cancel: { index: "cancels", metric: "cancels", timeField: "eventTime" },
  bar: { index: "bars", metric: "bars", timeField: "eventTime" },
  gap: { index: "gaps", metric: "gaps", timeField: "from" },
  candle: { index: "candles", metric: "candles", timeField: "start" },
  alert: { index: "alerts", metric: "alerts", timeField: "eventTime" },
  deadLetter: { index: "dead-letters", metric: "deadLetters", timeField: "time" },
};

/** The kind of a value's `type`; null for a type that nobody has told the indexer of. */
export function kindOf(type: unknown): Exclude<KindName, "deadLetter"> | null {
  return typeof type === "string" && type !== "deadLetter" && Object.hasOwn(kinds, type)
    ? (type as Exclude<KindName, "deadLetter">)
    : null;
}

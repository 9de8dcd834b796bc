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
  /** True where `eventTime` is a moment of the market, so that the way from there can be measured: the document holds its `delivery`. */
  readonly delivered: boolean;
}

export const kinds: Readonly<Record<KindName, Kind>> = {
  quote: { index: "quotes", metric: "quotes", timeField: "eventTime", delivered: true },
  trade: { index: "trades", metric: "trades", timeField: "eventTime", delivered: true },
  correction: { index: "corrections", metric: "corrections", timeField: "eventTime", delivered: true },
  cancel: { index: "cancels", metric: "cancels", timeField: "eventTime", delivered: true },
  bar: { index: "bars", metric: "bars", timeField: "eventTime", delivered: false },
  gap: { index: "gaps", metric: "gaps", timeField: "from", delivered: false },
  candle: { index: "candles", metric: "candles", timeField: "start", delivered: false },
  alert: { index: "alerts", metric: "alerts", timeField: "eventTime", delivered: true },
  deadLetter: { index: "dead-letters", metric: "deadLetters", timeField: "time", delivered: false },
};

/** The kind of a value's `type`; null for a type that nobody has told the indexer of. */
export function kindOf(type: unknown): Exclude<KindName, "deadLetter"> | null {
  return typeof type === "string" && type !== "deadLetter" && Object.hasOwn(kinds, type)
    ? (type as Exclude<KindName, "deadLetter">)
    : null;
}

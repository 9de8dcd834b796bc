import type { KindName } from "./kinds.ts";

/** A field of a mapping, as OpenSearch writes it. */
export type FieldMapping = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, FieldMapping>>;

const keyword = { type: "keyword" };
/** Times to the nanosecond (P4); 1970 to 2262. */
const time = { type: "date_nanos" };
const date = { type: "date", format: "strict_date" };
/** Prices have six decimals (P2): kept as whole millionths they are exact, and a quote takes a third less room than with doubles. */
const price = { type: "scaled_float", scaling_factor: 1_000_000 };
/** `percentChange` and `spreadBps` have four (P2). */
const ratio = { type: "scaled_float", scaling_factor: 10_000 };
/** Milliseconds to the microsecond. They are for charts: an index to search them by would take as much room again. */
const duration = { type: "scaled_float", scaling_factor: 1000, index: false };
/** Counts and sizes; fractions of shares are kept in the document and cut in searches. */
const count = { type: "long" };
const flag = { type: "boolean" };

const subject = { type: keyword, symbol: keyword, eventTime: time };
const quality = { quality: keyword };
const change = {
  previousClose: price,
  previousCloseDate: date,
  previousCloseSource: keyword,
  percentChange: ratio,
  indicator: keyword,
};
/** Not of the value: made of its headers by the indexer (`withDelivery`). */
const delivery = {
  delivery: {
    type: "object",
    dynamic: "strict",
    properties: named(["feedMs", "enrichMs", "indexMs"], duration),
  },
};

/** Fields that several kinds have, all or none: each group is a component template. */
export const fieldGroups: Readonly<Record<string, Fields>> = { event: subject, change, delivery };

/** The values of a window (W5): those of quotes, then those of trades. */
export const windowFields: Fields = {
  ...named(["open", "high", "low", "close", "timeWeightedAverage"], price),
  count,
  spreadBps: ratio,
  ...named(["tradeOpen", "tradeHigh", "tradeLow", "tradeClose"], price),
  volume: count,
  vwap: price,
  tradeCount: count,
  incomplete: flag,
};

const quoteFields: Fields = {
  ...subject,
  bidPrice: price,
  bidSize: count,
  bidExchange: keyword,
  askPrice: price,
  askSize: count,
  askExchange: keyword,
  conditions: keyword,
  tape: keyword,
  midPrice: price,
  ...change,
  ...quality,
  ...delivery,
  // Intervals are a setting that stands on the log: an object for each appears by itself, with these fields and no others.
  windows: { type: "object", dynamic: "strict_allow_templates", properties: {} },
};

/** The fields of each kind: exactly those of its records, so that a value of another shape is refused and not guessed at. */
export const fieldsByKind: Readonly<Record<KindName, Fields>> = {
  quote: quoteFields,
  trade: {
    ...subject,
    ...named(["tradeId", "size"], count),
    ...named(["exchange", "conditions", "tape"], keyword),
    price,
    ...change,
    ...quality,
    ...delivery,
  },
  correction: {
    ...subject,
    ...named(["originalTradeId", "originalSize", "correctedTradeId", "correctedSize"], count),
    ...named(["originalPrice", "correctedPrice"], price),
    ...named(["exchange", "conditions", "tape"], keyword),
    ...quality,
    ...delivery,
  },
  cancel: {
    ...subject,
    ...named(["tradeId", "size"], count),
    ...named(["exchange", "action", "tape"], keyword),
    price,
    ...quality,
    ...delivery,
  },
  bar: {
    ...subject,
    interval: keyword,
    ...named(["open", "high", "low", "close", "vwap"], price),
    ...named(["volume", "tradeCount"], count),
    updated: flag,
    ...change,
    ...quality,
  },
  gap: { type: keyword, symbol: keyword, from: time, to: time, reason: keyword },
  candle: {
    type: keyword,
    symbol: keyword,
    interval: keyword,
    start: time,
    end: time,
    revision: count,
    ...windowFields,
    ...change,
  },
  alert: {
    ...subject,
    ...named(["kind", "from", "to"], keyword),
    ...named(["midPrice", "previousClose"], price),
    percentChange: ratio,
    ...delivery,
  },
  deadLetter: {
    time,
    ...named(["reason", "stage", "key", "logId"], { type: "keyword", ignore_above: 1024 }),
    ...named(["partition", "offset", "sourcePartition", "sourceOffset", "sourceIndex"], count),
    ...named(["detail", "value"], { type: "text" }),
    // Bytes that are no text can be shown but not searched; a keyword's size is bounded only where it is indexed.
    valueBase64: { type: "keyword", index: false, doc_values: false },
  },
};

/** How the objects below `windows` are mapped as they appear. */
export const windowTemplates: readonly FieldMapping[] = [
  {
    window: {
      path_match: "windows.*",
      path_unmatch: "windows.*.*",
      match_mapping_type: "object",
      mapping: { type: "object" },
    },
  },
  ...Object.entries({ start: time, ...windowFields }).map(([name, mapping]) => ({
    [name]: { path_match: `windows.*.${name}`, mapping },
  })),
];

function named(names: readonly string[], mapping: FieldMapping): Fields {
  return Object.fromEntries(names.map((name) => [name, mapping]));
}

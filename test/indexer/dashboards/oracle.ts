import { parseEventTime } from "../../../domain/time/event-time.ts";
import type { VisAggregation } from "../../../indexer/dashboards/aggregation.ts";
import { intervalSeconds, missingKey, type Panel, type TimeRange } from "./panel-request.ts";
import { type Cell, type PanelRow, valueAt } from "./panel-rows.ts";
import type { StoredValue } from "./recorded-documents.ts";

/** What a panel must show by the documents themselves, worked out without OpenSearch. Percentiles are all values, sorted: see `agrees`. */
export function expectedRows(
  panel: Panel,
  values: ReadonlyMap<string, readonly StoredValue[]>,
  range: TimeRange,
): readonly PanelRow[] {
  const prefix = panel.pattern.slice(0, -1);
  const of = [...values].filter(([index]) => index.startsWith(prefix)).flatMap(([, documents]) => documents);
  const shown = of.filter((document) => inRange(document, panel, range) && passes(document, panel));
  const metrics = panel.aggregations.filter(({ schema }) => schema === "metric");
  const groupings = panel.aggregations.filter(({ schema }) => schema !== "metric");
  const rows: PanelRow[] = [];
  const walk = (level: number, keys: readonly (string | number)[], documents: readonly StoredValue[]) => {
    const grouping = groupings[level];
    if (grouping === undefined) {
      rows.push({ keys, cells: metrics.map((metric) => cell(metric, documents)) });
      return;
    }
    for (const [key, group] of groups(grouping, metrics, documents, range)) walk(level + 1, [...keys, key], group);
  };
  walk(0, [], shown);
  return rows;
}

/** The documents of a saved search, the newest first. */
export function expectedList(
  panel: Panel,
  values: ReadonlyMap<string, readonly StoredValue[]>,
  range: TimeRange,
): readonly StoredValue[] {
  const prefix = panel.pattern.slice(0, -1);
  const of = [...values].filter(([index]) => index.startsWith(prefix)).flatMap(([, documents]) => documents);
  return of
    .filter((document) => inRange(document, panel, range) && passes(document, panel))
    .sort((a, b) => nanos(b[panel.timeField]) - nanos(a[panel.timeField]));
}

/** True where what OpenSearch gave is what the documents say; its percentiles are estimates, and must lie between neighbours. */
export function agrees(found: Cell, expected: Cell, percents: readonly number[]): boolean {
  if (Array.isArray(found) && Array.isArray(expected)) {
    if (expected.length === 0) return found.every((value) => value === null);
    return percents.every((percent, at) => {
      const place = (percent / 100) * (expected.length - 1);
      const slack = 2 + expected.length * 0.01;
      const low = expected[Math.max(0, Math.floor(place - slack))];
      const high = expected[Math.min(expected.length - 1, Math.ceil(place + slack))];
      return Number(found[at]) >= Number(low) - 1e-9 && Number(found[at]) <= Number(high) + 1e-9;
    });
  }
  if (typeof found === "number" && typeof expected === "number") {
    return Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
  }
  return found === expected;
}

function inRange(document: StoredValue, { timeField }: Panel, { from, to }: TimeRange): boolean {
  const at = nanos(document[timeField]);
  return at >= nanos(from) && at <= nanos(to);
}

function passes(document: StoredValue, { filters }: Panel): boolean {
  return filters.every((filter) => {
    const { match_phrase = {}, exists } = filter as {
      match_phrase?: Readonly<Record<string, string>>;
      exists?: { readonly field: string };
    };
    if (exists !== undefined) return valueAt(document, exists.field) !== undefined;
    return Object.entries(match_phrase).every(([field, value]) => valueAt(document, field) === value);
  });
}

function groups(
  { type, params }: VisAggregation,
  metrics: readonly VisAggregation[],
  documents: readonly StoredValue[],
  range: TimeRange,
): readonly (readonly [string | number, readonly StoredValue[]])[] {
  const byKey = new Map<string | number, StoredValue[]>();
  for (const document of documents) {
    const value = valueAt(document, String(params.field));
    for (const key of type === "date_histogram"
      ? [bucketOf(value, range)]
      : keysOf(value, params.missingBucket === true)) {
      const group = byKey.get(key) ?? [];
      group.push(document);
      byKey.set(key, group);
    }
  }
  const found = [...byKey];
  if (type === "date_histogram") return found.sort(([a], [b]) => Number(a) - Number(b));
  const order = metrics.find(({ id }) => id === params.orderBy);
  const sign = params.order === "desc" ? -1 : 1;
  const weight = (group: readonly StoredValue[]) =>
    order === undefined ? 0 : Number(cell(order, group) ?? Number.NaN);
  found.sort(([a, one], [b, other]) => {
    // What has no number comes last, whatever the order.
    const [x, y] = [weight(one), weight(other)];
    if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    if (x !== y && !Number.isNaN(x)) return sign * (x - y);
    return (order === undefined ? sign : 1) * (a < b ? -1 : 1);
  });
  return found.slice(0, Number(params.size));
}

function bucketOf(value: unknown, range: TimeRange): number {
  const ms = intervalSeconds(range) * 1000;
  return Math.floor(nanos(value) / 1e6 / ms) * ms;
}

function keysOf(value: unknown, countMissing: boolean): readonly (string | number)[] {
  const keys = Array.isArray(value) ? [...new Set(value)] : value === null || value === undefined ? [] : [value];
  return keys.length === 0 && countMissing ? [missingKey] : keys;
}

function cell({ type, params }: VisAggregation, documents: readonly StoredValue[]): Cell {
  if (type === "count") return documents.length;
  const numbers = documents.flatMap((document) => {
    const value = valueAt(document, String(params.field));
    return typeof value === "number" ? [value] : [];
  });
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (type) {
    case "sum":
      return sum;
    case "avg":
      return numbers.length === 0 ? null : sum / numbers.length;
    case "max":
      return numbers.length === 0 ? null : Math.max(...numbers);
    case "min":
      return numbers.length === 0 ? null : Math.min(...numbers);
    case "percentiles":
      return numbers.toSorted((a, b) => a - b);
    case "top_hits": {
      const newest = documents.toSorted(
        (a, b) => nanos(b[String(params.sortField)]) - nanos(a[String(params.sortField)]),
      );
      return (valueAt(newest[0], String(params.field)) ?? null) as Cell;
    }
    default:
      throw new Error(`The oracle has no ${type}.`);
  }
}

/** Nanoseconds since the epoch, as near as a double comes: groups are seconds long. */
function nanos(value: unknown): number {
  const time = parseEventTime(String(value));
  return time === null ? Date.parse(String(value)) * 1e6 : time.micros * 1000 + time.nanos;
}

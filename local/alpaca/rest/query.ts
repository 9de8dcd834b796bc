import { parseDay } from "../../../domain/time/event-time.ts";
import { RestRefusal } from "./answer.ts";

/** A span of time, both ends included; null where the request leaves an end open. */
export interface Span {
  readonly start: Bound | null;
  readonly end: Bound | null;
}

/** A date `YYYY-MM-DD` in New York, or a moment. */
type Bound = { readonly date: string } | { readonly ms: number };

/** `symbols=A,B`; null where it is missing. @throws RestRefusal 400 for an empty or malformed symbol */
export function readSymbols(query: URLSearchParams): readonly string[] | null {
  const text = query.get("symbols");
  if (text === null || text === "") return null;
  const symbols = text.split(",");
  for (const symbol of symbols) {
    if (!/^[A-Z][A-Z0-9./_]*$/.test(symbol)) throw new RestRefusal(400, `invalid symbol: ${symbol}`);
  }
  return [...new Set(symbols)];
}

/** `symbols`, which the endpoint cannot do without. @throws RestRefusal 400 */
export function requireSymbols(query: URLSearchParams): readonly string[] {
  const symbols = readSymbols(query);
  if (symbols === null) throw new RestRefusal(400, "symbols is required");
  return symbols;
}

/**
 * `start` and `end`, dates or RFC 3339. Left open where they are missing: Alpaca's default, the current day, would leave a recording of other
 * days empty. @throws RestRefusal 400
 */
export function readSpan(query: URLSearchParams): Span {
  const span = { start: readBound(query, "start"), end: readBound(query, "end") };
  if (span.start !== null && span.end !== null && dateOf(span.end) < dateOf(span.start)) {
    throw new RestRefusal(400, "end should not be before start");
  }
  return span;
}

/** Whether a day, which begins at a moment, lies in the span; a bound with a time of day is compared with that moment. */
export function isWithin(span: Span, date: string, beginMs: number): boolean {
  const { start, end } = span;
  if (start !== null && ("date" in start ? date < start.date : beginMs < start.ms)) return false;
  return end === null || ("date" in end ? date <= end.date : beginMs <= end.ms);
}

/** `limit`. @throws RestRefusal 400 */
export function readLimit(query: URLSearchParams, fallback: number, max: number): number {
  const text = query.get("limit");
  if (text === null) return fallback;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > max) throw new RestRefusal(400, `invalid limit: ${text}`);
  return limit;
}

/** True for `sort=desc`. @throws RestRefusal 400 */
export function readDescending(query: URLSearchParams): boolean {
  const sort = query.get("sort") ?? "asc";
  if (sort !== "asc" && sort !== "desc") throw new RestRefusal(400, `invalid sort: ${sort}`);
  return sort === "desc";
}

function readBound(query: URLSearchParams, name: string): Bound | null {
  const text = query.get(name);
  if (text === null || text === "") return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && parseDay(text) !== null) return { date: text };
  const ms = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new RestRefusal(400, `invalid ${name}: ${text}`);
  return { ms };
}

function dateOf(bound: Bound): string {
  return "date" in bound ? bound.date : new Date(bound.ms).toISOString().slice(0, 10);
}

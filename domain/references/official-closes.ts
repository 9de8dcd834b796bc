import { newYorkDate } from "../calendar/new-york.ts";
import { type PriceMicros, parsePrice } from "../price/price.ts";
import { parseEventTime } from "../time/event-time.ts";

/** Official closes (C2), unadjusted, by symbol and session date. */
export class OfficialCloses {
  readonly #bySymbol = new Map<string, Map<string, PriceMicros>>();

  get(symbol: string, date: string): PriceMicros | null {
    return this.#bySymbol.get(symbol)?.get(date) ?? null;
  }

  set(symbol: string, date: string, close: PriceMicros): void {
    const dates = this.#bySymbol.get(symbol) ?? new Map<string, PriceMicros>();
    this.#bySymbol.set(symbol, dates.set(date, close));
  }
}

/**
 * Adds the closes of daily bars, `{"bars":{"AAPL":[{"t","c",…}]}}` with `adjustment=raw`; a bar's date is that of `t` in New York.
 * Returns how many bars could not be read.
 */
export function addDailyBars(closes: OfficialCloses, document: unknown): number {
  let unreadable = 0;
  for (const [symbol, bar] of entriesOf(document, "bars")) {
    const time = typeof bar["t"] === "string" ? parseEventTime(bar["t"]) : null;
    const close = closeOf(bar["c"]);
    if (time === null || close === null) unreadable++;
    else closes.set(symbol, newYorkDate(time.micros / 1_000_000), close);
  }
  return unreadable;
}

/**
 * Adds the closing prices of `{"auctions":{"AAPL":[{"d","c":[{"c","p","s","t","x"}]}]}}`: on the primary exchange the official close (condition
 * `M`, the last one said), else the closing print (`6`). Where the primary exchange is not known, it is the one of the largest closing print.
 * @param primary a symbol's primary exchange by the tape's letter (`N`, `Q`), or null
 * @see https://docs.alpaca.markets/reference/stockauctions-1
 */
export function addAuctions(
  closes: OfficialCloses,
  document: unknown,
  primary: (symbol: string) => string | null,
): void {
  for (const [symbol, day] of entriesOf(document, "auctions")) {
    const prints = (Array.isArray(day["c"]) ? day["c"] : []).filter(isRecord);
    const closingPrints = prints.filter((print) => print["c"] === "6");
    const largest = closingPrints.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0];
    const exchange = primary(symbol) ?? (largest ?? prints.find((print) => print["c"] === "M"))?.["x"];
    const onPrimary = prints.filter((print) => print["x"] === exchange);
    const byTime = onPrimary.toSorted((a, b) => compareText(String(a["t"]), String(b["t"])));
    const official = byTime.findLast((print) => print["c"] === "M") ?? byTime.findLast((print) => print["c"] === "6");
    const close = closeOf(official?.["p"]);
    if (close !== null && typeof day["d"] === "string") closes.set(symbol, day["d"], close);
  }
}

function sizeOf(print: Readonly<Record<string, unknown>>): number {
  return typeof print["s"] === "number" ? print["s"] : 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function closeOf(value: unknown): PriceMicros | null {
  const price = parsePrice(value);
  return price === 0 ? null : price;
}

/** The objects of `{[name]:{[symbol]:[object, …]}}` with their symbols; whatever has another shape is left out. */
function entriesOf(document: unknown, name: string): readonly [string, Readonly<Record<string, unknown>>][] {
  const bySymbol = isRecord(document) && isRecord(document[name]) ? document[name] : {};
  return Object.entries(bySymbol).flatMap(([symbol, list]) =>
    (Array.isArray(list) ? list : []).filter(isRecord).map((entry): [string, typeof entry] => [symbol, entry]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

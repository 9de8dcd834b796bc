import {
  type ExpectedQuotes,
  type ExpectedTrades,
  greatest,
  type OracleTrade,
  quotesOf,
  rounded,
  tradesOf,
} from "./oracle-window.ts";
import type { StreamEvent } from "./random-stream.ts";

/** What is expected of one window of one symbol. */
export interface ExpectedWindow {
  readonly symbol: string;
  readonly interval: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly quotes: ExpectedQuotes | null;
  readonly trades: ExpectedTrades | null;
}

/** A candle that must be published. */
export interface ExpectedCandle extends ExpectedWindow {
  readonly revision: number;
  readonly incomplete: boolean;
}

/** What one record must give. */
export interface ExpectedStep {
  /** In the order of D6. */
  readonly closed: readonly ExpectedCandle[];
  readonly dead: "futureTime" | "missingField" | null;
  /** Of a record that is published. */
  readonly enriched: {
    readonly usable: boolean;
    readonly late: boolean;
    readonly halted: boolean;
    readonly unmatched: boolean;
    /** The running values of an enriched quote, shortest first. */
    readonly windows: readonly ExpectedWindow[];
  } | null;
  readonly revised: readonly ExpectedCandle[];
  /** The indicator that a quote flips. */
  readonly flippedFrom: string | null;
}

const second = 1_000_000_000n;
const grace = 60n * second;
const intervals = [
  { name: "1m", nanos: 60n * second },
  { name: "5m", nanos: 300n * second },
];

/**
 * The rules W1 to W9, I3 and `halted` with the default settings, written as plainly as can be over the whole stream at once: for each record everything is
 * looked up again in all the records before it, in whole numbers of any size. Slow, and shares no line with the code.
 * @param previousClose half millionths, for the symbols that have one
 */
export function expectedSteps(
  events: readonly StreamEvent[],
  previousClose: (symbol: string) => bigint | null = () => null,
): readonly ExpectedStep[] {
  const dead = events.map((event, index) => deadBecause(events, index, event));
  const lives = (index: number) => dead[index] === null && events[index]?.kind !== "gap";
  const watermarks = events.map(
    (_, index) => greatest(events.filter((_other, at) => at <= index && lives(at)).map(({ time }) => time)) - second,
  );
  const watermark = (index: number) => watermarks[index] ?? greatest([]);
  const hasClosed = (end: bigint, index: number) => end <= watermark(index);
  const isForgotten = (end: bigint, index: number) => end + grace <= watermark(index);
  const isLate = (time: bigint, index: number) => windowsOf(time).some(({ end }) => hasClosed(end, index));
  const amended = amendments(events, dead, isForgotten);

  const windowAt = (symbol: string, { name, start, end }: Span, upTo: number, until: bigint | null): ExpectedWindow => {
    const isIn = (event: StreamEvent, index: number) =>
      event.symbol === symbol && event.time >= start && event.time < end && lives(index) && !isForgotten(end, index);
    const quotes = events.filter(
      (event, index) => index <= upTo && event.kind === "quote" && isUsable(event) && isIn(event, index),
    );
    const trades = (amended.books[upTo] ?? []).filter(({ event, index }) => isIn(event, index));
    const last = until ?? greatest(quotes.map(({ time }) => time));
    return { symbol, interval: name, start, end, quotes: quotesOf(quotes, last), trades: tradesOf(trades) };
  };
  const gapsUpTo = (symbol: string, { start, end }: Span, index: number) =>
    events.some(
      (event, at) =>
        at <= index &&
        event.kind === "gap" &&
        (event.ofAll || event.symbol === symbol) &&
        event.time - event.span < end &&
        event.time >= start,
    );
  const revisions = new Map<string, number>();
  const candle = (symbol: string, span: Span, upTo: number, at: number): ExpectedCandle | null => {
    const window = windowAt(symbol, span, upTo, span.end);
    const key = `${symbol} ${span.name} ${span.start}`;
    const revision = revisions.get(key) ?? 0;
    if (window.quotes === null && window.trades === null && revision === 0) return null;
    revisions.set(key, revision + 1);
    return { ...window, revision, incomplete: gapsUpTo(symbol, span, at) };
  };
  const symbols = [...new Set(events.map(({ symbol }) => symbol))];
  const spans = spansOf(events);
  const everyWindow = spans.flatMap((span) => symbols.map((symbol) => ({ symbol, span }))).toSorted(inOrder);
  const present = (candles: readonly (ExpectedCandle | null)[]) => candles.filter((one) => one !== null);

  return events.map((event, index): ExpectedStep => {
    const { symbol, time } = event;
    const closed = present(
      everyWindow
        .filter(({ span }) => !hasClosed(span.end, index - 1) && hasClosed(span.end, index))
        .map((one) => candle(one.symbol, one.span, index - 1, index)),
    );
    const step = { closed, dead: dead[index] ?? null, enriched: null, revised: [], flippedFrom: null };
    if (dead[index] !== null || event.kind === "heartbeat" || event.kind === "status") return step;
    const open = (end: bigint) => hasClosed(end, index) && !isForgotten(end, index);
    const inGrace = windowsOf(time).filter(({ end }) => open(end));
    const enriched = {
      usable: event.kind === "quote" && isUsable(event),
      late: (event.kind === "quote" || event.kind === "trade") && isLate(time, index),
      halted: (event.kind === "quote" || event.kind === "trade") && isHalted(events, dead, index, event),
      unmatched: (event.kind === "correction" || event.kind === "cancel") && amended.changed[index] === null,
      windows: windowsOf(time).flatMap((span) => {
        const window = windowAt(symbol, span, index, null);
        return event.kind !== "quote" || window.quotes === null || hasClosed(span.end, index) ? [] : [window];
      }),
    };
    const counts = event.kind === "trade" && tradesOf((amended.books[index] ?? []).slice(-1)) !== null;
    const changed =
      enriched.usable || counts
        ? inGrace.map((span) => ({ symbol, span }))
        : event.kind === "gap"
          ? everyWindow.filter(
              ({ symbol: of, span }) =>
                open(span.end) &&
                revisions.has(`${of} ${span.name} ${span.start}`) &&
                gapsUpTo(of, span, index) &&
                !gapsUpTo(of, span, index - 1),
            )
          : windowsOf(amended.changed[index]?.event.time ?? -1n)
              .filter(({ end }) => open(end))
              .map((span) => ({ symbol, span }))
              .filter(({ span }) => {
                const texts = [index - 1, index].map((at) => textOf(windowAt(symbol, span, at, null).trades));
                return texts[0] !== texts[1];
              });
    const revised = present(changed.toSorted(inOrder).map((one) => candle(one.symbol, one.span, index, index)));
    return { ...step, enriched, revised, flippedFrom: flippedFrom(index) };
  });

  function flippedFrom(index: number): string | null {
    const inOrderQuotes = events.flatMap((event, at) => {
      const counts = at <= index && event.kind === "quote" && dead[at] === null && isUsable(event);
      return counts && event.symbol === events[index]?.symbol && !isLate(event.time, at) ? [{ event, at }] : [];
    });
    const list = inOrderQuotes.filter(({ event }, at) =>
      inOrderQuotes.slice(0, at).every((other) => other.event.time <= event.time),
    );
    const [before, now] = list.slice(-2);
    if (before === undefined || now === undefined || now.at !== index) return null;
    const from = indicatorOf(before.event, previousClose(before.event.symbol));
    const to = indicatorOf(now.event, previousClose(now.event.symbol));
    return from !== null && to !== null && from !== to ? from : null;
  }
}

interface Span {
  readonly name: string;
  readonly nanos: bigint;
  readonly start: bigint;
  readonly end: bigint;
}

/** Where I1 puts a quote's mid. */
export function indicatorOf({ bid, ask }: StreamEvent, previousClose: bigint | null): string | null {
  if (previousClose === null) return null;
  const difference = bid + ask - previousClose;
  if (20n * (difference < 0n ? -difference : difference) < previousClose) return "Neutral";
  return difference > 0n ? "Bullish" : "Bearish";
}

/** The trades as they stand after each record, and which one a correction or cancel has changed (W7). */
function amendments(
  events: readonly StreamEvent[],
  dead: readonly (string | null)[],
  isForgotten: (end: bigint, index: number) => boolean,
) {
  const books: (readonly OracleTrade[])[] = [];
  const changed: (OracleTrade | null)[] = [];
  for (const [index, event] of events.entries()) {
    const book = books[index - 1] ?? [];
    const isAmendment = dead[index] === null && (event.kind === "correction" || event.kind === "cancel");
    const target = book.findLast(
      (trade) =>
        isAmendment &&
        trade.id === event.id &&
        trade.event.symbol === event.symbol &&
        windowsOf(trade.event.time).some(({ end }) => !isForgotten(end, trade.index) && !isForgotten(end, index)),
    );
    changed.push(target ?? null);
    const { id, correctedId, price, size, saleConditions } = event;
    const corrected = { id: event.kind === "cancel" ? null : correctedId, price, size, saleConditions };
    if (dead[index] === null && event.kind === "trade") {
      books.push([...book, { event, index, id, price, size, saleConditions }]);
    } else {
      books.push(target === undefined ? book : book.map((one) => (one === target ? { ...one, ...corrected } : one)));
    }
  }
  return { books, changed };
}

function isHalted(
  events: readonly StreamEvent[],
  dead: readonly (string | null)[],
  index: number,
  { symbol, time }: StreamEvent,
): boolean {
  const told = events.filter(
    (event, at) =>
      at < index &&
      event.kind === "status" &&
      event.statusCode !== "?" &&
      dead[at] === null &&
      event.symbol === symbol &&
      event.time <= time,
  );
  const last = told.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)).at(-1);
  return last !== undefined && (last.statusCode === "2" || last.statusCode === "H");
}

function deadBecause(events: readonly StreamEvent[], index: number, event: StreamEvent): ExpectedStep["dead"] {
  if (event.kind === "broken") return "missingField";
  const heartbeats = events.filter((other, at) => at < index && other.kind === "heartbeat");
  if (event.kind === "heartbeat" || event.kind === "gap" || heartbeats.length === 0) return null;
  return event.time > greatest(heartbeats.map((other) => other.time)) + 5n * second ? "futureTime" : null;
}

function isUsable({ bid, ask, conditions }: StreamEvent): boolean {
  return bid > 0n && ask > 0n && bid <= ask && 20n * (ask - bid) <= bid + ask && !conditions.includes("N");
}

/** The windows that hold a moment, shortest first. */
function windowsOf(time: bigint): readonly Span[] {
  return intervals.map(({ name, nanos }) => {
    const start = time - (time % nanos);
    return { name, nanos, start, end: start + nanos };
  });
}

/** The windows that any event falls into, each once. */
function spansOf(events: readonly StreamEvent[]): readonly Span[] {
  const all = events.flatMap(({ time }) => windowsOf(time));
  return [...new Map(all.map((span) => [`${span.name} ${span.start}`, span])).values()];
}

/** The order of D6. */
function inOrder(a: { symbol: string; span: Span }, b: { symbol: string; span: Span }): number {
  const bySymbol = a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0;
  return Number(a.span.end - b.span.end) || Number(a.span.nanos - b.span.nanos) || bySymbol;
}

/** What a candle says of its trades. */
function textOf(trades: ExpectedTrades | null): string {
  const vwap = trades?.vwap == null ? null : rounded(trades.vwap, 1n);
  return JSON.stringify({ ...trades, vwap }, (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

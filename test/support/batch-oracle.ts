import type { StreamEvent } from "./random-stream.ts";

/** A number as a quotient of whole numbers, the divisor above zero. */
export interface Rational {
  readonly dividend: bigint;
  readonly divisor: bigint;
}

/** What W5 says of the quotes of one window: mids and average in half millionths of a dollar. */
export interface ExpectedWindow {
  readonly symbol: string;
  readonly interval: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly average: Rational;
  readonly spreadBps: Rational;
  readonly count: number;
}

/** What one record must give. */
export interface ExpectedStep {
  /** In the order of D6. */
  readonly closed: readonly ExpectedWindow[];
  readonly dead: "futureTime" | "missingField" | null;
  /** Of a quote that is published. */
  readonly enriched: {
    readonly usable: boolean;
    readonly late: boolean;
    readonly windows: readonly ExpectedWindow[];
  } | null;
}

const second = 1_000_000_000n;
const intervals = [
  { name: "1m", nanos: 60n * second },
  { name: "5m", nanos: 300n * second },
];

/**
 * The rules W1 to W6 and W8 with the default settings, written as plainly as can be over the whole stream at once: for each record everything is
 * looked up again in all the records before it, in whole numbers of any size. Slow, and shares no line with the code.
 */
export function expectedSteps(events: readonly StreamEvent[]): readonly ExpectedStep[] {
  const dead = events.map((event, index) => deadBecause(events, index, event));
  const watermark = (upTo: number) =>
    maximum(events.filter((_, index) => index <= upTo && dead[index] === null).map((event) => event.time)) - second;
  const isLate = (index: number, time: bigint) =>
    intervals.some(({ nanos }) => startOf(time, nanos) + nanos <= watermark(index));
  const folded = events.map(
    (event, index) => event.kind === "quote" && dead[index] === null && isUsable(event) && !isLate(index, event.time),
  );
  const members = (symbol: string, start: bigint, nanos: bigint, upTo: number) =>
    events.filter(
      (event, index) =>
        index <= upTo && folded[index] && event.symbol === symbol && startOf(event.time, nanos) === start,
    );

  return events.map((event, index) => {
    const [before, now] = [watermark(index - 1), watermark(index)];
    const closed: ExpectedWindow[] = [];
    for (const symbol of new Set(events.map((other) => other.symbol))) {
      for (const { name, nanos } of intervals) {
        for (const start of new Set(events.map((other) => startOf(other.time, nanos)))) {
          const end = start + nanos;
          const quotes = members(symbol, start, nanos, index - 1);
          if (quotes.length > 0 && before < end && end <= now) closed.push(windowOf(quotes, name, start, end, end));
        }
      }
    }
    const minutes = (window: ExpectedWindow) => Number.parseInt(window.interval, 10);
    closed.sort(
      (a, b) =>
        Number(a.end - b.end) || minutes(a) - minutes(b) || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0),
    );
    if (event.kind !== "quote" || dead[index] !== null) return { closed, dead: dead[index] ?? null, enriched: null };
    const windows = intervals.flatMap(({ name, nanos }) => {
      const start = startOf(event.time, nanos);
      const quotes = members(event.symbol, start, nanos, index);
      if (quotes.length === 0 || start + nanos <= now) return [];
      return [windowOf(quotes, name, start, start + nanos, maximum(quotes.map((quote) => quote.time)))];
    });
    return { closed, dead: null, enriched: { usable: isUsable(event), late: isLate(index, event.time), windows } };
  });
}

function deadBecause(events: readonly StreamEvent[], index: number, event: StreamEvent): ExpectedStep["dead"] {
  if (event.kind === "broken") return "missingField";
  const heartbeats = events.filter((other, at) => at < index && other.kind === "heartbeat");
  if (event.kind === "heartbeat" || heartbeats.length === 0) return null;
  return event.time > maximum(heartbeats.map((other) => other.time)) + 5n * second ? "futureTime" : null;
}

function isUsable({ bid, ask, conditions }: StreamEvent): boolean {
  return bid > 0n && ask > 0n && bid <= ask && 20n * (ask - bid) <= bid + ask && !conditions.includes("N");
}

function windowOf(
  quotes: readonly StreamEvent[],
  interval: string,
  start: bigint,
  end: bigint,
  until: bigint,
): ExpectedWindow {
  const mid = (quote: StreamEvent) => quote.bid + quote.ask;
  const byTime = quotes.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  const inOrder = quotes.filter((quote, index) => quotes.slice(0, index).every((other) => other.time <= quote.time));
  const [oldest, newest, first] = [byTime[0], byTime.at(-1), inOrder[0]];
  if (oldest === undefined || newest === undefined || first === undefined) throw new Error("a window has quotes");
  const weighted = inOrder.reduce((sum, quote, index) => {
    return sum + mid(quote) * ((inOrder[index + 1]?.time ?? until) - quote.time);
  }, 0n);
  const span = until - first.time;
  const spread = quotes.reduce<Rational>(
    (sum, quote) => ({
      dividend: sum.dividend * mid(quote) + 20_000n * (quote.ask - quote.bid) * sum.divisor,
      divisor: sum.divisor * mid(quote),
    }),
    { dividend: 0n, divisor: 1n },
  );
  return {
    symbol: first.symbol,
    interval,
    start,
    end,
    open: mid(oldest),
    high: maximum(quotes.map(mid)),
    low: -maximum(quotes.map((quote) => -mid(quote))),
    close: mid(newest),
    average: span === 0n ? { dividend: mid(newest), divisor: 1n } : { dividend: weighted, divisor: span },
    spreadBps: { dividend: spread.dividend, divisor: spread.divisor * BigInt(quotes.length) },
    count: quotes.length,
  };
}

/** Half away from zero, of a quotient times a scale. */
export function rounded({ dividend, divisor }: Rational, scale: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const result = (2n * magnitude * scale + divisor) / (2n * divisor);
  return dividend < 0n ? -result : result;
}

/** The greatest; long before any time where there is none. */
function maximum(values: readonly bigint[]): bigint {
  let most = -(2n ** 100n);
  for (const value of values) if (value > most) most = value;
  return most;
}

function startOf(time: bigint, nanos: bigint): bigint {
  return time - (time % nanos);
}

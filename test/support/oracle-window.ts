import type { StreamEvent } from "./random-stream.ts";

/** A number as a quotient of whole numbers, the divisor above zero. */
export interface Rational {
  readonly dividend: bigint;
  readonly divisor: bigint;
}

/** What W5 says of the quotes of one window: mids and average in half millionths of a dollar. */
export interface ExpectedQuotes {
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly average: Rational;
  readonly spreadBps: Rational;
  readonly count: number;
}

/** What W5 says of its trades: prices in millionths. */
export interface ExpectedTrades {
  /** Null where no trade sets prices. */
  readonly prices: {
    readonly open: bigint;
    readonly high: bigint;
    readonly low: bigint;
    readonly close: bigint;
  } | null;
  /** Null where those trades have no size. */
  readonly vwap: Rational | null;
  readonly volume: bigint;
  readonly count: number;
}

/** A trade as its corrections have left it. */
export interface OracleTrade {
  readonly event: StreamEvent;
  /** Where its trade stands on the log. */
  readonly index: number;
  /** Null once it is cancelled. */
  readonly id: number | null;
  readonly price: bigint;
  readonly size: bigint;
  readonly saleConditions: readonly string[];
}

/** The quotes of one window, in log order; `until` is when the last mid ends. Null of none. */
export function quotesOf(quotes: readonly StreamEvent[], until: bigint): ExpectedQuotes | null {
  const mid = (quote: StreamEvent) => quote.bid + quote.ask;
  const byTime = quotes.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  const inOrder = quotes.filter((quote, index) => quotes.slice(0, index).every((other) => other.time <= quote.time));
  const [oldest, newest, first] = [byTime[0], byTime.at(-1), inOrder[0]];
  if (oldest === undefined || newest === undefined || first === undefined) return null;
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
    open: mid(oldest),
    high: greatest(quotes.map(mid)),
    low: -greatest(quotes.map((quote) => -mid(quote))),
    close: mid(newest),
    average: span === 0n ? { dividend: mid(newest), divisor: 1n } : { dividend: weighted, divisor: span },
    spreadBps: { dividend: spread.dividend, divisor: spread.divisor * BigInt(quotes.length) },
    count: quotes.length,
  };
}

/** The trades of one window, in log order. Null where none counts. */
export function tradesOf(trades: readonly OracleTrade[]): ExpectedTrades | null {
  const counting = trades.filter((trade) => trade.id !== null && !trade.saleConditions.includes("M"));
  if (counting.length === 0) return null;
  const priced = counting.filter(({ saleConditions }) => !saleConditions.some((code) => code === "I" || code === "4"));
  const byTime = priced.toSorted((a, b) => (a.event.time < b.event.time ? -1 : a.event.time > b.event.time ? 1 : 0));
  const [first, last] = [byTime[0], byTime.at(-1)];
  const shares = total(priced.map(({ size }) => size));
  return {
    prices:
      first === undefined || last === undefined
        ? null
        : {
            open: first.price,
            high: greatest(priced.map(({ price }) => price)),
            low: -greatest(priced.map(({ price }) => -price)),
            close: last.price,
          },
    vwap: shares === 0n ? null : { dividend: total(priced.map(({ price, size }) => price * size)), divisor: shares },
    volume: total(counting.map(({ size }) => size)),
    count: counting.length,
  };
}

/** Half away from zero, of a quotient times a scale. */
export function rounded({ dividend, divisor }: Rational, scale: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const result = (2n * magnitude * scale + divisor) / (2n * divisor);
  return dividend < 0n ? -result : result;
}

/** The greatest; long before any time where there is none. */
export function greatest(values: readonly bigint[]): bigint {
  let most = -(2n ** 100n);
  for (const value of values) if (value > most) most = value;
  return most;
}

function total(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}

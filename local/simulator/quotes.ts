import type { Random } from "./random.ts";
import type { Stock } from "./stock.ts";

/** How the hour shapes a stock's quotes. */
export interface Mood {
  /** Multiplies the spread: wide at the open and outside regular hours. */
  readonly spread: number;
  readonly isRegularHours: boolean;
}

const exchanges = ["N", "Q", "P", "Z", "K", "V", "U", "B"] as const;
const nonFirm = ["N", "C", "L", "U"] as const;
/** A normal spread is about this part of the price, and never below a cent. */
const spreadShare = 0.0002;

/** Moves a stock's bid and ask around its mid and writes them as Alpaca's `q`. About one in a hundred is odd, as in life. */
export function makeQuote(stock: Stock, mood: Mood, random: Random, t: string): Record<string, unknown> {
  const { symbol, tape } = stock.listing;
  const normal = Math.max(1, stock.mid * 100 * spreadShare * mood.spread);
  const spreadCents = Math.max(1, Math.round(normal * (0.5 + random.uniform())));
  stock.bidCents = Math.max(1, Math.round(stock.mid * 100 - spreadCents / 2));
  stock.askCents = stock.bidCents + spreadCents;
  let bidCents = stock.bidCents;
  let askCents = stock.askCents;
  let bidSize = lots(random);
  let askSize = lots(random);
  let condition = "R";
  const odd = random.uniform();
  if (odd < 0.001) {
    bidCents = 0;
    bidSize = 0;
  } else if (odd < 0.002) {
    askCents = 0;
    askSize = 0;
  } else if (odd < 0.003) {
    bidCents = askCents + 1;
  } else if (odd < 0.004) {
    askCents = Math.round(askCents * 1.15);
  } else if (odd < 0.006) {
    condition = random.pick(nonFirm);
  } else if (odd < 0.012) {
    askCents = bidCents;
  }
  return {
    T: "q",
    S: symbol,
    bx: random.pick(exchanges),
    bp: bidCents / 100,
    bs: bidSize,
    ax: random.pick(exchanges),
    ap: askCents / 100,
    as: askSize,
    c: [condition],
    t,
    z: tape,
  };
}

/** A size in round lots: mostly few, sometimes many. */
function lots(random: Random): number {
  return 1 + Math.floor(random.uniform() ** 4 * 40);
}

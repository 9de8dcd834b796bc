import type { Random } from "./random.ts";
import type { Stock } from "./stock.ts";

interface Words {
  readonly sc: string;
  readonly sm: string;
  readonly rc: string;
  readonly rm: string;
}

// Status codes differ by tape: the CTA's for A and B, the UTP's for C.
const halts: Readonly<Record<"A" | "C", readonly [Words, ...Words[]]>> = {
  A: [
    { sc: "2", sm: "Trading Halt", rc: "D", rm: "News Released" },
    { sc: "2", sm: "Trading Halt", rc: "M", rm: "Volatility Trading Pause" },
  ],
  C: [
    { sc: "H", sm: "Trading Halt", rc: "T1", rm: "Halt News Pending" },
    { sc: "P", sm: "Volatility Trading Pause", rc: "LUDP", rm: "Volatility Trading Pause" },
  ],
};
const resumes: Readonly<Record<"A" | "C", Words>> = {
  A: { sc: "3", sm: "Resume", rc: "", rm: "" },
  C: { sc: "T", sm: "Trading Resumption", rc: "", rm: "" },
};

/** Halts a stock for half a minute to two, and says so as Alpaca's `s`. */
export function makeHalt(stock: Stock, random: Random, nowMs: number, t: string): Record<string, unknown> {
  stock.haltedUntilMs = nowMs + 30_000 + random.below(90_000);
  return status(stock, random.pick(halts[stock.listing.tape]), t);
}

/** Lets a stock trade again, and says so. */
export function makeResume(stock: Stock, t: string): Record<string, unknown> {
  stock.haltedUntilMs = 0;
  return status(stock, resumes[stock.listing.tape], t);
}

/** The price band within which it may trade now (limit up, limit down), as Alpaca's `l`. */
export function makeBand(stock: Stock, t: string): Record<string, unknown> {
  const u = Math.round(stock.mid * 105) / 100;
  const d = Math.round(stock.mid * 95) / 100;
  return { T: "l", S: stock.listing.symbol, u, d, i: "B", t, z: stock.listing.tape };
}

function status(stock: Stock, words: Words, t: string): Record<string, unknown> {
  return { T: "s", S: stock.listing.symbol, ...words, t, z: stock.listing.tape };
}

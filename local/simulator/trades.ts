import type { Mood } from "./quotes.ts";
import type { Random } from "./random.ts";
import type { Stock } from "./stock.ts";

const exchanges = ["Q", "N", "P", "Z", "K", "V"] as const;
/** Trades off the exchanges are reported through FINRA. */
const offExchange = "D";

/** A trade at the bid, the ask, or off exchange between them, as Alpaca's `t`. */
export function makeTrade(stock: Stock, mood: Mood, random: Random, t: string): Record<string, unknown> {
  const isOff = random.chance(0.3);
  const cents = random.chance(0.5) ? stock.bidCents : stock.askCents;
  const price = isOff && random.chance(0.5) ? (stock.bidCents + stock.askCents) / 200 : cents / 100;
  const isOddLot = random.chance(0.35);
  const size = isOddLot ? 1 + random.below(99) : 100 * (1 + Math.floor(random.uniform() ** 5 * 50));
  const conditions = [regularSale(stock)];
  if (!isOff && random.chance(0.15)) conditions.push("F");
  if (!mood.isRegularHours) conditions.push("T");
  if (isOddLot) conditions.push("I");
  return record(stock, { price, size, exchange: isOff ? offExchange : random.pick(exchanges), conditions, t });
}

/** What an auction prints: the trade itself, and the exchange's official price that repeats it. */
export function makeAuction(stock: Stock, at: "open" | "close", price: number, random: Random, t: string) {
  const size = 100 * (200 + random.below(2000));
  const { exchange } = stock.listing;
  const [sale, official] = at === "open" ? ["O", "Q"] : ["6", "M"];
  const trade = record(stock, { price, size, exchange, conditions: [regularSale(stock), sale], t });
  const repeated = message(stock, { price, size, exchange, conditions: [official], t });
  return [trade, repeated];
}

/** Takes back or corrects the stock's last trade; null where there is none left. */
export function makeCorrection(stock: Stock, random: Random, t: string): Record<string, unknown> | null {
  const original = stock.lastTrade;
  if (original === null) return null;
  stock.lastTrade = null;
  const { symbol, tape } = stock.listing;
  if (random.chance(0.5)) {
    const { id: i, exchange: x, price: p, size: s } = original;
    return { T: "x", S: symbol, i, x, p, s, a: random.chance(0.8) ? "C" : "E", t, z: tape };
  }
  return {
    T: "c",
    S: symbol,
    x: original.exchange,
    oi: original.id,
    op: original.price,
    os: original.size,
    oc: original.conditions,
    ci: stock.nextTradeId++,
    cp: Math.max(0.01, Math.round(original.price * 100 + (random.chance(0.5) ? 1 : -1)) / 100),
    cs: original.size,
    cc: original.conditions,
    t,
    z: tape,
  };
}

interface Print {
  readonly price: number;
  readonly size: number;
  readonly exchange: string;
  readonly conditions: string[];
  readonly t: string;
}

/** A trade that counts: it enters the bars and can be corrected. */
function record(stock: Stock, print: Print): Record<string, unknown> {
  const { price, size, exchange, conditions } = print;
  stock.lastTrade = { id: stock.nextTradeId, exchange, price, size, conditions };
  stock.minute.add(price, size);
  if (!conditions.includes("T")) stock.day.add(price, size);
  return message(stock, print);
}

function message(stock: Stock, { price, size, exchange, conditions, t }: Print): Record<string, unknown> {
  const { symbol, tape } = stock.listing;
  return { T: "t", S: symbol, i: stock.nextTradeId++, x: exchange, p: price, s: size, c: conditions, t, z: tape };
}

function regularSale(stock: Stock): string {
  return stock.listing.tape === "C" ? "@" : " ";
}

import { Random } from "./random.ts";

/** What does not change about a stock. */
export interface Listing {
  readonly symbol: string;
  /** Dollars: where its price hovers when the simulation starts. */
  readonly price: number;
  /** Stocks of one sector move together. */
  readonly sector: number;
  /** How strongly it follows the whole market. */
  readonly beta: number;
  /** Alpaca's letter of the listing exchange. */
  readonly exchange: "N" | "Q";
  /** The consolidated tape: A for the NYSE's listings, C for Nasdaq's. */
  readonly tape: "A" | "C";
  /** Share of the messages, relative to others. */
  readonly weight: number;
}

export const sectorCount = 6;

const technology = 0;
const consumer = 1;
const finance = 2;
const health = 3;
const energy = 4;
const industry = 5;

const known: ReadonlyMap<string, Listing> = new Map(
  [
    nasdaq("AAPL", 231, technology, 1.1, 9),
    nasdaq("AMZN", 204, consumer, 1.2, 7),
    nasdaq("AMD", 158, technology, 1.6, 6),
    nasdaq("GOOGL", 176, technology, 1.1, 6),
    nasdaq("INTC", 24, technology, 1.2, 4),
    nasdaq("META", 588, technology, 1.3, 5),
    nasdaq("MSFT", 428, technology, 1, 7),
    nasdaq("NFLX", 905, consumer, 1.2, 3),
    nasdaq("NVDA", 141, technology, 1.7, 10),
    nasdaq("TSLA", 312, consumer, 1.8, 9),
    nyse("BA", 148, industry, 1.2, 3),
    nyse("BAC", 46, finance, 1, 4),
    nyse("CAT", 384, industry, 1, 2),
    nyse("DIS", 112, consumer, 0.9, 3),
    nyse("GE", 181, industry, 1.1, 2),
    nyse("JNJ", 154, health, 0.5, 2),
    nyse("JPM", 243, finance, 1, 4),
    nyse("KO", 63, consumer, 0.4, 2),
    nyse("PFE", 25, health, 0.6, 3),
    nyse("XOM", 121, energy, 0.8, 3),
  ].map((listing) => [listing.symbol, listing]),
);

/** Well-known stocks, for a simulation that names none. */
export const defaultSymbols: readonly string[] = [...known.keys()];

/** A known stock's listing, or one made up from the letters of the symbol, always the same. */
export function listingOf(symbol: string): Listing {
  const listing = known.get(symbol);
  if (listing !== undefined) return listing;
  let hash = 0;
  for (const letter of symbol) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) | 0;
  const random = new Random(hash);
  const price = Math.round(Math.exp(3 + 2.5 * random.uniform()) * 100) / 100;
  const make = random.uniform() < 0.5 ? nyse : nasdaq;
  return make(symbol, price, random.below(sectorCount), 0.6 + random.uniform(), 1 + random.below(4));
}

function nasdaq(symbol: string, price: number, sector: number, beta: number, weight: number): Listing {
  return { symbol, price, sector, beta, exchange: "Q", tape: "C", weight };
}

function nyse(symbol: string, price: number, sector: number, beta: number, weight: number): Listing {
  return { symbol, price, sector, beta, exchange: "N", tape: "A", weight };
}

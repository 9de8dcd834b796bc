import { PipelineError } from "../domain/errors.ts";
import type { Log } from "../runtime/log/log.ts";
import type { AlpacaRest, RestAnswer } from "./alpaca-rest.ts";

/** Symbols to subscribe to, and what their assets say. */
export interface CheckedSymbols {
  /** `["*"]` where all are wanted. */
  readonly symbols: readonly string[];
  /** A symbol's primary exchange by the tape's letter; null where it is not known. */
  readonly primaryExchange: (symbol: string) => string | null;
}

/** Up to this many symbols are asked for one by one; for more the whole list is fetched, some megabytes. */
const singleRequestsMax = 50;
const requestsAtOnce = 10;

/** The tape's letters of the exchanges that Alpaca's assets name. */
const exchangeLetters: Readonly<Record<string, string>> = {
  NYSE: "N",
  NASDAQ: "Q",
  ARCA: "P",
  NYSEARCA: "P",
  AMEX: "A",
  BATS: "Z",
};

/**
 * Leaves out symbols that Alpaca does not know, each with a warning. Where the list cannot be had, all are taken as they are.
 * @throws PipelineError `unknownSymbol` where none is left
 */
export async function checkSymbols(rest: AlpacaRest, wanted: readonly string[], log: Log): Promise<CheckedSymbols> {
  const isAll = wanted.includes("*");
  const symbols = isAll ? ["*"] : [...new Set(wanted)];
  let assets: ReadonlyMap<string, Asset | null>;
  try {
    assets = !isAll && symbols.length <= singleRequestsMax ? await eachAsset(rest, symbols) : await allAssets(rest);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    log.warn(`The symbols cannot be checked: ${error.message}`);
    return { symbols, primaryExchange: () => null };
  }
  const primaryExchange = (symbol: string) => exchangeLetters[assets.get(symbol)?.exchange ?? ""] ?? null;
  if (isAll) return { symbols, primaryExchange };
  const known = symbols.filter((symbol) => assets.get(symbol) != null);
  const unknown = symbols.filter((symbol) => assets.get(symbol) == null);
  if (unknown.length > 0)
    log.warn("Alpaca does not know these symbols; they are left out.", { symbols: unknown.join(",") });
  if (known.length > 0) return { symbols: known, primaryExchange };
  throw new PipelineError("unknownSymbol", `Alpaca knows none of the symbols ${symbols.join(", ")}.`, {
    remedy: "Name symbols of US stocks in SYMBOLS, such as SYMBOLS=AAPL,MSFT.",
  });
}

interface Asset {
  readonly exchange: string;
}

/** @throws PipelineError where any cannot be asked */
async function eachAsset(rest: AlpacaRest, symbols: readonly string[]): Promise<ReadonlyMap<string, Asset | null>> {
  const assets = new Map<string, Asset | null>();
  for (let from = 0; from < symbols.length; from += requestsAtOnce) {
    const some = symbols.slice(from, from + requestsAtOnce);
    const answers = await Promise.all(
      some.map((symbol) => rest.get("trading", `/v2/assets/${encodeURIComponent(symbol)}`)),
    );
    for (const [index, answer] of answers.entries()) {
      const isUnknown = answer.status === 404 || answer.status === 422;
      assets.set(some[index] ?? "", isUnknown ? null : assetOf(accepted(answer).body));
    }
  }
  return assets;
}

async function allAssets(rest: AlpacaRest): Promise<ReadonlyMap<string, Asset | null>> {
  const { body } = accepted(await rest.get("trading", "/v2/assets", { status: "active", asset_class: "us_equity" }));
  const assets = new Map<string, Asset | null>();
  for (const entry of Array.isArray(body) ? body : []) {
    const { symbol } = (entry ?? {}) as { readonly symbol?: unknown };
    if (typeof symbol === "string") assets.set(symbol, assetOf(entry));
  }
  return assets;
}

function assetOf(entry: unknown): Asset {
  const { exchange } = (entry ?? {}) as { readonly exchange?: unknown };
  return { exchange: typeof exchange === "string" ? exchange : "" };
}

function accepted(answer: RestAnswer): RestAnswer {
  if (answer.status === 200) return answer;
  throw new PipelineError("alpacaProtocol", `the assets endpoint answered HTTP ${answer.status}.`);
}

import { createHash } from "node:crypto";
import type { Feed } from "../feed.ts";
import { ok, type RestAnswer, RestRefusal } from "./answer.ts";

const exchangeNames: Readonly<Record<string, string>> = { N: "NYSE", Q: "NASDAQ", P: "ARCA", A: "AMEX", Z: "BATS" };

/** `/v2/assets`: every symbol of the feed, all active. */
export function answerAssets(query: URLSearchParams, feed: Feed): RestAnswer {
  const status = query.get("status") ?? "active";
  const kind = query.get("asset_class") ?? "us_equity";
  if (status !== "active" || kind !== "us_equity") return ok([]);
  return ok(feed.symbols.map((symbol) => asset(symbol, feed)));
}

/** `/v2/assets/{symbol}`. @throws RestRefusal 404 */
export function answerAsset(symbol: string, feed: Feed): RestAnswer {
  if (!feed.symbols.includes(symbol)) throw new RestRefusal(404, `asset not found for ${symbol}`);
  return ok(asset(symbol, feed));
}

function asset(symbol: string, feed: Feed): unknown {
  return {
    id: uuidOf(symbol),
    class: "us_equity",
    exchange: exchangeNames[feed.documents.listingExchange(symbol)] ?? "NYSE",
    symbol,
    name: `${symbol} Common Stock`,
    status: "active",
    tradable: true,
    marginable: true,
    maintenance_margin_requirement: 30,
    margin_requirement_long: "30",
    margin_requirement_short: "30",
    shortable: true,
    easy_to_borrow: true,
    fractionable: true,
    attributes: [],
  };
}

/** The same id for the same text, in the form that the clients check. */
export function uuidOf(text: string): string {
  const hex = createHash("sha1").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

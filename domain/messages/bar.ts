import { type PriceMicros, parsePrice } from "../price/price.ts";
import { isRejected, isSize, type Message, requireFields, type Shape } from "./fields.ts";
import type { Bar } from "./raw-record.ts";
import type { RejectReason } from "./reject-reason.ts";

/** Reads a vendor's bar; the count of trades and the vwap may be missing, but not be wrong. */
export function parseBar(message: Message, type: "b" | "u" | "d"): Bar | RejectReason {
  const time = requireFields(message, barShape);
  if (isRejected(time)) return time;
  const { n, vw } = message;
  const vwap = vw == null ? null : parsePrice(vw);
  if (vw != null && vwap === null) return "badPrice";
  if (n != null && !isSize(n)) return "badSize";
  return {
    kind: "bar",
    symbol: message["S"] as string,
    micros: time.micros,
    nanos: time.nanos,
    interval: type === "d" ? "1d" : "1m",
    updated: type === "u",
    open: price(message["o"]),
    high: price(message["h"]),
    low: price(message["l"]),
    close: price(message["c"]),
    volume: message["v"] as number,
    tradeCount: n ?? null,
    vwap,
  };
}

/** @see https://docs.alpaca.markets/docs/real-time-stock-pricing-data#minute-bars */
const barShape: Shape = { S: "symbol", o: "price", h: "price", l: "price", c: "price", v: "size", t: "time" };

/** A price that the shape has checked. */
function price(value: unknown): PriceMicros {
  return parsePrice(value) as PriceMicros;
}

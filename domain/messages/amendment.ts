import { type PriceMicros, parsePrice } from "../price/price.ts";
import { exactId } from "./exact-id.ts";
import { isRejected, type Message, requireFields, type Shape } from "./fields.ts";
import type { Cancel, Correction } from "./raw-record.ts";
import type { RejectReason } from "./reject-reason.ts";

/** Reads a trade's correction (W7). @param text what the message was parsed from, for exact ids */
export function parseCorrection(message: Message, text: string | null): Correction | RejectReason {
  const time = requireFields(message, correctionShape);
  if (isRejected(time)) return time;
  return {
    kind: "correction",
    symbol: message["S"] as string,
    micros: time.micros,
    nanos: time.nanos,
    exchange: message["x"] as string,
    originalId: exactId(message, "oi", text),
    originalPrice: price(message["op"]),
    originalSize: message["os"] as number,
    correctedId: exactId(message, "ci", text),
    correctedPrice: price(message["cp"]),
    correctedSize: message["cs"] as number,
    conditions: message["cc"] as readonly string[],
    tape: message["z"] as string,
  };
}

/** Reads a trade's cancel (W7). @param text what the message was parsed from, for an exact id */
export function parseCancel(message: Message, text: string | null): Cancel | RejectReason {
  const time = requireFields(message, cancelShape);
  if (isRejected(time)) return time;
  return {
    kind: "cancel",
    symbol: message["S"] as string,
    micros: time.micros,
    nanos: time.nanos,
    exchange: message["x"] as string,
    id: exactId(message, "i", text),
    price: price(message["p"]),
    size: message["s"] as number,
    action: message["a"] as string,
    tape: message["z"] as string,
  };
}

/** @see https://docs.alpaca.markets/docs/real-time-stock-pricing-data#trade-corrections */
const correctionShape: Shape = {
  S: "symbol",
  x: "text",
  oi: "id",
  op: "price",
  os: "size",
  oc: "texts",
  ci: "id",
  cp: "price",
  cs: "size",
  cc: "texts",
  t: "time",
  z: "text",
};

/** @see https://docs.alpaca.markets/docs/real-time-stock-pricing-data#trade-cancelserrors */
const cancelShape: Shape = { S: "symbol", i: "id", x: "text", p: "price", s: "size", a: "text", t: "time", z: "text" };

/** A price that the shape has checked. */
function price(value: unknown): PriceMicros {
  return parsePrice(value) as PriceMicros;
}

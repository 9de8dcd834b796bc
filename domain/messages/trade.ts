import { parsePrice } from "../price/price.ts";
import { exactId } from "./exact-id.ts";
import { isId, isSize, isTexts, type Message, readTime } from "./fields.ts";
import type { Trade } from "./raw-record.ts";
import type { RejectReason } from "./reject-reason.ts";
import { isKeptText, isSymbol } from "./symbol.ts";

/** Reads a trade: a hot path like a quote's, written out by hand. @param text what the message was parsed from, for an exact id */
export function parseTrade(message: Message, text: string | null): Trade | RejectReason {
  const { S, i, x, p, s, c, t, z } = message;
  if (!isSymbol(S) || !isKeptText(x) || typeof z !== "string" || !isId(i)) {
    return "missingField";
  }
  if (p == null || s == null || t == null || !isTexts(c)) return "missingField";
  const price = parsePrice(p);
  if (price === null) return "badPrice";
  if (!isSize(s)) return "badSize";
  const time = readTime(t);
  if (time === null) return "badTime";
  return {
    kind: "trade",
    symbol: S,
    micros: time.micros,
    nanos: time.nanos,
    id: exactId(message, "i", text),
    exchange: x,
    price,
    size: s,
    conditions: c,
    tape: z,
  };
}

import { parsePrice } from "../price/price.ts";
import { isSize, isTexts, type Message, readTime } from "./fields.ts";
import type { Quote } from "./raw-record.ts";
import type { RejectReason } from "./reject-reason.ts";
import { isSymbol } from "./symbol.ts";

/** Reads a quote: the hot path, written out by hand where the other types go by a table of fields. */
export function parseQuote(message: Message): Quote | RejectReason {
  const { S, bx, bp, bs, ax, ap, as, c, t, z } = message;
  if (!isSymbol(S) || typeof bx !== "string" || typeof ax !== "string" || typeof z !== "string") {
    return "missingField";
  }
  if (bp == null || ap == null || bs == null || as == null || t == null || !isTexts(c)) return "missingField";
  const bid = parsePrice(bp);
  const ask = parsePrice(ap);
  if (bid === null || ask === null) return "badPrice";
  if (!isSize(bs) || !isSize(as)) return "badSize";
  const time = readTime(t);
  if (time === null) return "badTime";
  return {
    kind: "quote",
    symbol: S,
    micros: time.micros,
    nanos: time.nanos,
    bid,
    bidSize: bs,
    bidExchange: bx,
    ask,
    askSize: as,
    askExchange: ax,
    conditions: c,
    tape: z,
  };
}

import { parseControl } from "./control.ts";
import { isRejected, requireFields, type Shape } from "./fields.ts";
import { parseQuote } from "./quote.ts";
import type { RawRecord } from "./raw-record.ts";
import type { RejectReason } from "./reject-reason.ts";

/** The largest raw record that is read, in bytes; what is longer is no market data (`tooLarge`). */
export const rawBytesMax = 512 * 1024;

const encoder = new TextEncoder();

/**
 * Reads one value of the raw log: parsed, not trusted (D3). Returns the record, or the reason why there is none.
 * @param text the value as UTF-8 text; null where the record has no value
 */
export function decodeRaw(text: string | null): RawRecord | RejectReason {
  if (text === null) return "notJson";
  // A UTF-16 unit is at most three bytes of UTF-8, so that only a text near the limit has to be counted.
  if (text.length > rawBytesMax || (text.length * 3 > rawBytesMax && encoder.encode(text).length > rawBytesMax)) {
    return "tooLarge";
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "notJson";
  }
  return decodeMessage(value);
}

/** Reads one message that has been parsed from JSON already. */
export function decodeMessage(value: unknown): RawRecord | RejectReason {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "notObject";
  const message = value as Readonly<Record<string, unknown>>;
  const type = message["T"];
  if (type === "q") return parseQuote(message);
  if (typeof type !== "string") return type === undefined ? "missingField" : "unknownType";
  const shape = shapes[type];
  if (shape === undefined) return parseControl(type, message);
  const fields = requireFields(message, shape);
  if (isRejected(fields)) return fields;
  return { kind: "other", type, symbol: message["S"] as string, micros: fields.micros, nanos: fields.nanos };
}

/**
 * The fields that each message type must have, apart from quotes.
 * @see https://docs.alpaca.markets/docs/real-time-stock-pricing-data
 */
const bar: Shape = { S: "symbol", o: "price", h: "price", l: "price", c: "price", v: "size", t: "time" };
const shapes: Readonly<Record<string, Shape | undefined>> = {
  __proto__: null as never,
  t: { S: "symbol", i: "id", x: "text", p: "price", s: "size", c: "texts", t: "time", z: "text" },
  b: bar,
  d: bar,
  u: bar,
  c: {
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
  },
  x: { S: "symbol", i: "id", x: "text", p: "price", s: "size", a: "text", t: "time", z: "text" },
  s: { S: "symbol", sc: "text", t: "time" },
  l: { S: "symbol", u: "price", d: "price", t: "time" },
  i: { S: "symbol", p: "price", t: "time" },
};

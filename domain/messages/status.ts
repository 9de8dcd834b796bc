import { isRejected, type Message, requireFields, type Shape } from "./fields.ts";
import type { OtherMessage, Status } from "./raw-record.ts";
import type { RejectReason } from "./reject-reason.ts";

/** Reads a trading status. @see https://docs.alpaca.markets/docs/real-time-stock-pricing-data#trading-status */
export function parseStatus(message: Message): Status | RejectReason {
  const time = requireFields(message, statusShape);
  if (isRejected(time)) return time;
  const symbol = message["S"] as string;
  return { kind: "status", symbol, micros: time.micros, nanos: time.nanos, code: message["sc"] as string };
}

/**
 * Reads price bands (`l`) and order imbalances (`i`), which are checked and only tell the time. Bands are no halt: a pause that they lead to comes
 * as a trading status.
 */
export function parseOther(message: Message, type: "l" | "i"): OtherMessage | RejectReason {
  const time = requireFields(message, otherShapes[type]);
  if (isRejected(time)) return time;
  return { kind: "other", type, symbol: message["S"] as string, micros: time.micros, nanos: time.nanos };
}

const statusShape: Shape = { S: "symbol", sc: "text", t: "time" };
const otherShapes: Readonly<Record<"l" | "i", Shape>> = {
  l: { S: "symbol", u: "price", d: "price", t: "time" },
  i: { S: "symbol", p: "price", t: "time" },
};

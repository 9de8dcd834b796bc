import { parsePrice } from "../price/price.ts";
import { isDate, isRate } from "../references/corporate-actions.ts";
import { settingsOf, settingsSchema } from "../settings.ts";
import { type Message, readTime } from "./fields.ts";
import type { RawRecord } from "./raw-record.ts";
import type { RejectReason } from "./reject-reason.ts";
import { isSymbol } from "./symbol.ts";

/** Reads a control record, which our producer wrote; any other type is unknown. */
export function parseControl(type: string, message: Message): RawRecord | RejectReason {
  switch (type) {
    case "heartbeat":
      return parseHeartbeat(message);
    case "reference":
      return parseReference(message);
    case "split":
      return parseSplit(message);
    case "gap":
      return parseGap(message);
    case "settings": {
      const parsed = settingsSchema.safeParse(message);
      return parsed.success ? { kind: "settings", settings: settingsOf(parsed.data) } : "missingField";
    }
    default:
      return "unknownType";
  }
}

function parseHeartbeat(message: Message): RawRecord | RejectReason {
  if (message["t"] == null) return "missingField";
  const time = readTime(message["t"]);
  return time === null ? "badTime" : { kind: "heartbeat", micros: time.micros, nanos: time.nanos };
}

function parseReference({ S, sessionDate, previousClose, previousCloseDate }: Message): RawRecord | RejectReason {
  if (!isSymbol(S) || previousClose == null) return "missingField";
  if (sessionDate == null || previousCloseDate == null) return "missingField";
  const price = parsePrice(previousClose);
  if (price === null || price === 0) return "badPrice";
  if (!isDate(sessionDate) || !isDate(previousCloseDate)) return "badTime";
  return { kind: "reference", symbol: S, sessionDate, previousClose: price, previousCloseDate };
}

function parseSplit({ S, exDate, oldRate, newRate }: Message): RawRecord | RejectReason {
  if (!isSymbol(S) || exDate == null || oldRate == null || newRate == null) return "missingField";
  if (!isRate(oldRate) || !isRate(newRate)) return "badSize";
  return isDate(exDate) ? { kind: "split", symbol: S, exDate, oldRate, newRate } : "badTime";
}

function parseGap({ S, from, to, reason }: Message): RawRecord | RejectReason {
  if ((S !== null && !isSymbol(S)) || typeof reason !== "string" || from == null || to == null) {
    return "missingField";
  }
  const begin = readTime(from);
  const end = readTime(to);
  return begin === null || end === null ? "badTime" : { kind: "gap", symbol: S, from: begin, to: end, reason };
}

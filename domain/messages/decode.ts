import { parseCancel, parseCorrection } from "./amendment.ts";
import { parseBar } from "./bar.ts";
import { parseControl } from "./control.ts";
import type { Message } from "./fields.ts";
import { parseQuote } from "./quote.ts";
import { readQuote } from "./quote-bytes.ts";
import type { RawRecord } from "./raw-record.ts";
import type { RejectReason } from "./reject-reason.ts";
import { parseOther, parseStatus } from "./status.ts";
import { parseTrade } from "./trade.ts";

/** The largest raw record that is read, in bytes; what is longer is no market data (`tooLarge`). */
export const rawBytesMax = 512 * 1024;

const encoder = new TextEncoder();
/** A mark of the byte order is no JSON, and is not to be passed over. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads one value of the raw log: parsed, not trusted (D3). Returns the record, or the reason why there is none.
 * @param bytes hold the value, JSON in UTF-8, and are only looked at; null where the record has none
 * @param start where in the bytes it lies, and `end` what is behind it; all of them where neither is given
 */
export function decodeRaw(
  bytes: Uint8Array | null,
  start = 0,
  end = bytes === null ? 0 : bytes.length,
): RawRecord | RejectReason {
  if (bytes === null) return "notJson";
  if (end - start > rawBytesMax) return "tooLarge";
  const quote = readQuote(bytes, start, end);
  if (quote !== null) return quote;
  const text = decoder.decode(bytes.subarray(start, end));
  // Of bytes that are no UTF-8 it has become longer.
  if (isTooLarge(text)) return "tooLarge";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "notJson";
  }
  return decodeMessage(value, text);
}

/** True for a value of more than `rawBytesMax` bytes in UTF-8. */
function isTooLarge(text: string): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8, so that only a text near the limit has to be counted.
  return text.length > rawBytesMax || (text.length * 3 > rawBytesMax && encoder.encode(text).length > rawBytesMax);
}

/**
 * Reads one message that has been parsed from JSON already.
 * @param text the JSON that it was parsed from, asked where a number in it is not exact as a double; null where there is none
 */
export function decodeMessage(value: unknown, text: string | null = null): RawRecord | RejectReason {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "notObject";
  const message = value as Message;
  const type = message["T"];
  switch (type) {
    case "q":
      return parseQuote(message);
    case "t":
      return parseTrade(message, text);
    case "b":
    case "u":
    case "d":
      return parseBar(message, type);
    case "c":
      return parseCorrection(message, text);
    case "x":
      return parseCancel(message, text);
    case "s":
      return parseStatus(message);
    case "l":
    case "i":
      return parseOther(message, type);
    default:
      if (typeof type !== "string") return type === undefined ? "missingField" : "unknownType";
      return parseControl(type, message);
  }
}

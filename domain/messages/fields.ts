import { parsePrice } from "../price/price.ts";
import { type EventTime, parseEventTime } from "../time/event-time.ts";
import type { RejectReason } from "./reject-reason.ts";
import { isKeptText, isSymbol } from "./symbol.ts";

/** What a field of a message holds. */
export type FieldKind = "symbol" | "text" | "texts" | "id" | "price" | "size" | "time";

/** The fields that a message must have. */
export type Shape = Readonly<Record<string, FieldKind>>;

/** A message as it came from JSON. */
export type Message = Readonly<Record<string, unknown>>;

/** True where a parser gave a reason instead of a record. */
export function isRejected<T>(result: T | RejectReason): result is RejectReason {
  return typeof result === "string";
}

/**
 * Checks a message against its shape, and returns its event time. Of several faults the reason names the first of
 * `missingField` (absent, null, or not of its kind), `badPrice`, `badSize`, `badTime`.
 */
export function requireFields(message: Message, shape: Shape): EventTime | RejectReason {
  let worst: FieldFault | null = null;
  let time: EventTime | null = null;
  for (const name in shape) {
    const value = message[name];
    if (value === undefined || value === null) return "missingField";
    const kind = shape[name] as FieldKind;
    if (kind === "time") time = readTime(value);
    const fault = kind === "time" ? (time === null ? "badTime" : null) : faultOf(kind, value);
    if (fault !== null && (worst === null || severity[fault] < severity[worst])) worst = fault;
  }
  if (worst !== null) return worst;
  return time ?? "missingField";
}

/** An event time where the value is one, else null. */
export function readTime(value: unknown): EventTime | null {
  return typeof value === "string" ? parseEventTime(value) : null;
}

/** A size in shares or round lots: a whole number from 0. */
export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** True for an array of texts only, the empty one included. */
export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** No number of more digits than a text may have letters. */
const idMax = 1e32;

/** A trade's id: a number, or a text. */
export function isId(value: unknown): value is number | string {
  return typeof value === "number" ? Math.abs(value) < idMax : isKeptText(value);
}

/** What can be wrong with a field, the reason that is told first of several. */
type FieldFault = Extract<RejectReason, "missingField" | "badPrice" | "badSize" | "badTime">;

const severity: Readonly<Record<FieldFault, number>> = { missingField: 1, badPrice: 2, badSize: 3, badTime: 4 };

function faultOf(kind: Exclude<FieldKind, "time">, value: unknown): FieldFault | null {
  switch (kind) {
    case "symbol":
      return isSymbol(value) ? null : "missingField";
    case "text":
      return typeof value === "string" ? null : "missingField";
    case "texts":
      return isTexts(value) ? null : "missingField";
    case "id":
      return isId(value) ? null : "missingField";
    case "price":
      return parsePrice(value) === null ? "badPrice" : null;
    case "size":
      return isSize(value) ? null : "badSize";
    default:
      return kind satisfies never;
  }
}

import { rawBytesMax } from "../domain/messages/decode.ts";
import { type EventTime, formatEventTime, parseEventTime } from "../domain/time/event-time.ts";

/** An element of a stream's frame as a value of the raw log. */
export interface ElementRecord {
  /** The record's key; null where the element names no symbol. */
  readonly symbol: string | null;
  /** Alpaca's `T`; null where it is none. */
  readonly type: string | null;
  readonly time: EventTime | null;
  /** Bytes only where the element had to be cut. */
  readonly text: string | Buffer;
}

/**
 * Writes a decoded element as JSON, whole: every key in the order received, unknown ones too, integers above 2^53 with exact digits, and times by P4.
 * What is no object is written as well, for the dead-letter topic to hold; a bare text as it is, which is how a broken line of a recording arrives.
 */
export function elementRecord(element: unknown): ElementRecord {
  if (typeof element === "string") return textRecord(element);
  if (!isPlainObject(element)) return bounded({ symbol: null, type: null, time: null, text: valueText(element, 0) });
  let time: EventTime | null = null;
  let text = "{";
  for (const key in element) {
    const value = element[key];
    if (text.length > 1) text += ",";
    text += quoted(key);
    if (key === "t") {
      time = timeOf(value);
      text += time === null ? `:${valueText(value, 1)}` : `:"${formatEventTime(time)}"`;
    } else if (typeof value === "string") {
      text += `:${quoted(value)}`;
    } else {
      text += `:${valueText(value, 1)}`;
    }
  }
  text += "}";
  const { S, T } = element;
  return bounded({
    symbol: typeof S === "string" && S !== "" ? S : null,
    type: typeof T === "string" ? T : null,
    time,
    text,
  });
}

/** Deeper nesting than any message has is cut off, or it could exhaust the stack. */
const depthMax = 100;

/** The quoted form of texts seen before: symbols, exchanges, conditions and keys come again and again. */
const quotedTexts = new Map<string, string>();
const quotedTextsMax = 50_000;

function quoted(text: string): string {
  const known = quotedTexts.get(text);
  if (known !== undefined) return known;
  const json = JSON.stringify(text);
  if (quotedTexts.size < quotedTextsMax && text.length <= 32) quotedTexts.set(text, json);
  return json;
}

function valueText(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "bigint":
      return value.toString();
    case "boolean":
      return value ? "true" : "false";
    case "object":
      return value === null || depth > depthMax ? "null" : objectText(value, depth);
    default:
      return "null";
  }
}

function objectText(value: object, depth: number): string {
  if (Array.isArray(value)) {
    if (value.length === 1 && typeof value[0] === "string") return `[${quoted(value[0])}]`;
    return `[${value.map((item: unknown) => valueText(item, depth + 1)).join(",")}]`;
  }
  const time = timeOf(value);
  if (time !== null) return `"${formatEventTime(time)}"`;
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  const pairs = Object.entries(value).map(([key, item]) => `${quoted(key)}:${valueText(item, depth + 1)}`);
  return `{${pairs.join(",")}}`;
}

/** 2201-01-01: what the rest of the pipeline reads as a time ends here. */
const secondsMax = 7_289_654_400;

/** The time that a msgpack timestamp or an RFC 3339 text says, or null. */
function timeOf(value: unknown): EventTime | null {
  if (typeof value === "string") return parseEventTime(value);
  // The client's class for timestamps is not exported; plain maps off the wire have no such prototype.
  if (typeof value !== "object" || value === null || isPlainObject(value)) return null;
  const { epochSeconds, nanos } = value as { readonly epochSeconds?: unknown; readonly nanos?: unknown };
  if (typeof epochSeconds !== "number" || typeof nanos !== "number") return null;
  if (!(epochSeconds >= 0 && epochSeconds < secondsMax && nanos >= 0 && nanos < 1_000_000_000)) return null;
  const below = nanos % 1000;
  return { micros: epochSeconds * 1_000_000 + (nanos - below) / 1000, nanos: below };
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** A text element: where it is a JSON object after all (too deep for msgpack), it takes its place by its own symbol and time. */
function textRecord(text: string): ElementRecord {
  const none = { symbol: null, type: null, time: null, text };
  if (!text.startsWith("{")) return bounded(none);
  try {
    const { S, T, t } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return bounded({
      symbol: typeof S === "string" && S !== "" ? S : null,
      type: typeof T === "string" ? T : null,
      time: typeof t === "string" ? parseEventTime(t) : null,
      text,
    });
  } catch {
    return bounded(none);
  }
}

/** Longer than what is read of the raw log, so that it is known for what it is (`tooLarge`), and short enough for Kafka to take. */
const cutBytes = rawBytesMax + 1;

/** Kafka refuses records above its bound, so that a monster is cut; it moves nothing, and no symbol is believed of it. */
function bounded(record: ElementRecord & { readonly text: string }): ElementRecord {
  if (record.text.length * 3 <= rawBytesMax) return record;
  const bytes = Buffer.from(record.text);
  if (bytes.length <= rawBytesMax) return record;
  return { symbol: null, type: null, time: null, text: bytes.subarray(0, cutBytes) };
}

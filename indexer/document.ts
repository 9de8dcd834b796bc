import type { RejectReason } from "../domain/messages/reject-reason.ts";
import type { IncomingRecord } from "../runtime/kafka/types.ts";
import { deliveryTail } from "./delivery.ts";
import type { IndexOf } from "./index-names.ts";
import { type KindName, kindOf, kinds } from "./kinds.ts";
import { type SourceHeaders, sourceHeaders } from "./source-headers.ts";

/** What OpenSearch is asked to hold: the value's bytes as they were published, and its delivery, under an id that the log gave (D4). */
export class IndexDocument {
  readonly kind: KindName;
  readonly index: string;
  readonly id: string;
  /** External: OpenSearch keeps the highest, whatever the order of writing. */
  readonly version: number;
  /** One line of JSON: a view of the record's bytes, not a copy. */
  readonly value: Buffer;
  /** Written in place of the value's closing brace, in ASCII; empty where the value stands as it is. */
  readonly tail: string;

  constructor(kind: KindName, index: string, id: string, version: number, value: Buffer, tail: string) {
    this.kind = kind;
    this.index = index;
    this.id = id;
    this.version = version;
    this.value = value;
    this.tail = tail;
  }

  /** The document as OpenSearch will hold it, whole; bulk bodies are written without it. */
  get source(): Buffer {
    if (this.tail === "") return this.value;
    return Buffer.concat([this.value.subarray(0, -1), Buffer.from(this.tail)]);
  }
}

/** A record that cannot be made a document of, and why. */
export interface Unindexable {
  readonly reason: RejectReason;
  /** What was wrong in words, for people. */
  readonly detail: string;
}

/** The document of one record of an output topic (D4), or why there is none. `nowMicros` since the epoch. */
export function documentOf(record: IncomingRecord, indexOf: IndexOf, nowMicros: number): IndexDocument | Unindexable {
  const { value } = record;
  if (value === null) return { reason: "notJson", detail: "The record has no value." };
  if (value.includes(newline)) return { reason: "notIndexable", detail: "The value is more than one line." };
  const facts = quickFacts(value) ?? parsedFacts(value);
  if ("reason" in facts) return facts;
  const index = indexOf(facts.kind, facts.time);
  if (index === null) {
    return { reason: "badTime", detail: `${kinds[facts.kind].timeField} is no time in UTC.` };
  }
  const headers = sourceHeaders(record);
  const id = facts.candle === null ? idOf(headers) : candleId(headers, facts.candle);
  if (id === null) return { reason: "missingField", detail: "A header that the id is made of is missing." };
  if (isTooLong(id)) return { reason: "notIndexable", detail: `The id is longer than ${idBytesMax} bytes.` };
  const tail = kinds[facts.kind].delivered ? deliveryTail(value, headers, facts.time, nowMicros) : "";
  return new IndexDocument(facts.kind, index, id, (facts.candle?.revision ?? 0) + 1, value, tail);
}

const newline = 0x0a;

/** OpenSearch refuses a whole request for one id that is longer: such a record would hold up all others for ever. */
const idBytesMax = 512;

function isTooLong(id: string): boolean {
  return id.length > idBytesMax / utf8BytesMax && Buffer.byteLength(id) > idBytesMax;
}

/** Of one unit of a string. */
const utf8BytesMax = 3;

interface CandleFacts {
  readonly symbol: string;
  readonly interval: string;
  readonly start: string;
  readonly revision: number;
}

interface Facts {
  readonly kind: KindName;
  readonly time: string;
  readonly candle: CandleFacts | null;
}

/** How the values of most records begin (P4), up to the symbol; what stands after the time is of no concern here. */
const beginnings = (["quote", "trade", "correction", "cancel", "bar"] as const).map((kind) => ({
  kind,
  bytes: Buffer.from(`{"type":"${kind}","symbol":"`),
}));
const beforeTime = Buffer.from('","eventTime":"');
const timeLengthMax = 30;

/** Reads kind and time off the first bytes; null where they do not look as usual. Parsing all of it costs ten times as much, a pattern three times. */
function quickFacts(value: Buffer): Facts | null {
  for (const { kind, bytes } of beginnings) {
    if (!standsAt(value, 0, bytes)) continue;
    const symbolEnd = textEnd(value, bytes.length);
    if (symbolEnd < 0 || !standsAt(value, symbolEnd, beforeTime)) return null;
    const start = symbolEnd + beforeTime.length;
    const end = textEnd(value, start);
    return end < 0 || end - start > timeLengthMax
      ? null
      : { kind, time: value.toString("latin1", start, end), candle: null };
  }
  return null;
}

function standsAt(value: Buffer, start: number, bytes: Buffer): boolean {
  if (value.length < start + bytes.length) return false;
  for (let at = 0; at < bytes.length; at++) if (value[start + at] !== bytes[at]) return false;
  return true;
}

/** Where the quotation mark stands that ends a text; -1 where something is escaped, or none stands near. */
function textEnd(value: Buffer, start: number): number {
  const last = Math.min(value.length, start + textLengthMax);
  for (let at = start; at < last; at++) {
    const byte = value[at];
    if (byte === quotationMark) return at;
    if (byte === backslash) return -1;
  }
  return -1;
}

const textLengthMax = 100;
const quotationMark = 0x22;
const backslash = 0x5c;

function parsedFacts(value: Buffer): Facts | Unindexable {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString("utf8"));
  } catch (error) {
    return { reason: "notJson", detail: error instanceof Error ? error.message : String(error) };
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return { reason: "notObject", detail: "The value is not a JSON object." };
  }
  const fields = parsed as Readonly<Record<string, unknown>>;
  const kind = kindOf(fields.type);
  if (kind === null) return { reason: "unknownType", detail: "The value's type is not known." };
  const time = fields[kinds[kind].timeField];
  if (typeof time !== "string") return { reason: "missingField", detail: `${kinds[kind].timeField} is missing.` };
  if (kind !== "candle") return { kind, time, candle: null };
  const { symbol, interval, revision } = fields;
  if (typeof symbol !== "string" || typeof interval !== "string" || !isRevision(revision)) {
    return { reason: "missingField", detail: "symbol, interval or revision is missing." };
  }
  return { kind, time, candle: { symbol, interval, start: time, revision } };
}

function isRevision(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** `logId-partition-offset-index` of the raw record that it came of (D4); null where a header is missing, or it would be too long for OpenSearch. */
export function sourceId(record: Pick<IncomingRecord, "headers">): string | null {
  const id = idOf(sourceHeaders(record));
  return id !== null && isTooLong(id) ? null : id;
}

function idOf({ logId, partition, offset, index }: SourceHeaders): string | null {
  if (logId === null || partition === null || offset === null || index === null) return null;
  return `${logId}-${partition}-${offset}-${index}`;
}

function candleId({ logId }: SourceHeaders, { symbol, interval, start }: CandleFacts): string | null {
  return logId === null ? null : `${logId}-${symbol}-${interval}-${start}`;
}

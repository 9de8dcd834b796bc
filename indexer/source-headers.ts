import { FetchedRecord, type HeaderSeen } from "../runtime/kafka/fetched-record.ts";
import type { IncomingRecord } from "../runtime/kafka/types.ts";

/** What the headers of an output tell the indexer; null where one is missing. */
export interface SourceHeaders {
  readonly logId: string | null;
  /** Decimal text, as it is: it becomes a part of the id. */
  readonly partition: string | null;
  readonly offset: string | null;
  readonly index: string | null;
  /** Microseconds since the epoch; null too where it is no such number. */
  readonly receivedMicros: number | null;
  readonly enrichedMicros: number | null;
}

/**
 * Reads the headers of an output. What comes back is overwritten by the next call: this runs for every record, and walks over the headers once
 * without making objects of them.
 */
export function sourceHeaders(record: Pick<IncomingRecord, "headers">): SourceHeaders {
  seen.logId = null;
  seen.partition = null;
  seen.offset = null;
  seen.index = null;
  seen.receivedMicros = null;
  seen.enrichedMicros = null;
  if (record instanceof FetchedRecord) record.eachHeader(see);
  else {
    for (const [name, value] of Object.entries(record.headers)) {
      const bytes = Buffer.from(name);
      see(Buffer.concat([bytes, value]), 0, bytes.length, bytes.length, bytes.length + value.length);
    }
  }
  return seen;
}

const seen: { -readonly [Name in keyof SourceHeaders]: SourceHeaders[Name] } = {
  logId: null,
  partition: null,
  offset: null,
  index: null,
  receivedMicros: null,
  enrichedMicros: null,
};
/** A stream has one log, and records of one partition come together: what is as in the record before is not made a string of again. */
const last = { logId: "", partition: "", index: "" };

const see: HeaderSeen = (bytes, nameStart, nameEnd, start, end) => {
  if (isText(bytes, nameStart, nameEnd, "source-offset")) seen.offset = bytes.toString("latin1", start, end);
  else if (isText(bytes, nameStart, nameEnd, "source-partition")) {
    if (!isText(bytes, start, end, last.partition)) last.partition = bytes.toString("latin1", start, end);
    seen.partition = last.partition;
  } else if (isText(bytes, nameStart, nameEnd, "source-index")) {
    if (!isText(bytes, start, end, last.index)) last.index = bytes.toString("latin1", start, end);
    seen.index = last.index;
  } else if (isText(bytes, nameStart, nameEnd, "received-time")) seen.receivedMicros = micros(bytes, start, end);
  else if (isText(bytes, nameStart, nameEnd, "enriched-time")) seen.enrichedMicros = micros(bytes, start, end);
  else if (isText(bytes, nameStart, nameEnd, "log-id")) {
    if (!isText(bytes, start, end, last.logId)) last.logId = bytes.toString("latin1", start, end);
    seen.logId = last.logId;
  }
};

/** From the end: the names are alike in what they begin with. */
function isText(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let at = text.length - 1; at >= 0; at--) if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}

function micros(bytes: Buffer, start: number, end: number): number | null {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value > 0 && Number.isSafeInteger(value) ? value : null;
}

import { FetchedRecord, type HeaderSeen, headerOf } from "../runtime/kafka/fetched-record.ts";
import type { IncomingRecord } from "../runtime/kafka/types.ts";

/** The place on the raw log that a record was made from: with it, repeats can be told. */
export interface SourcePosition {
  /** Identity of the raw log (D4). */
  readonly logId: string;
  readonly partition: number;
  readonly offset: number;
  /** The n-th output of that raw record, from 0. */
  readonly index: number;
}

/** The source position in a record's headers; null where they are not all there. */
export function sourcePosition(record: IncomingRecord): SourcePosition | null {
  return record instanceof FetchedRecord ? fetchedPosition(record) : positionByHeaders(record);
}

function positionByHeaders(record: IncomingRecord): SourcePosition | null {
  const partition = headerOf(record, "source-partition");
  const offset = headerOf(record, "source-offset");
  const index = headerOf(record, "source-index");
  if (partition === undefined || offset === undefined || index === undefined) return null;
  return {
    logId: headerOf(record, "log-id")?.toString("latin1") ?? "",
    partition: decimal(partition, 0, partition.length),
    offset: decimal(offset, 0, offset.length),
    index: decimal(index, 0, index.length),
  };
}

// This runs for every record, and a stream has one log: what is found is put here, and no string or view is made for it.
let partition = -1;
let offset = -1;
let index = -1;
let logId = "";
let hasLogId = false;

function fetchedPosition(record: FetchedRecord): SourcePosition | null {
  partition = -1;
  offset = -1;
  index = -1;
  hasLogId = false;
  record.eachHeader(seen);
  return partition < 0 || offset < 0 || index < 0 ? null : { logId: hasLogId ? logId : "", partition, offset, index };
}

const seen: HeaderSeen = (bytes, nameStart, nameEnd, start, end) => {
  if (isName(bytes, nameStart, nameEnd, "source-partition")) partition = decimal(bytes, start, end);
  else if (isName(bytes, nameStart, nameEnd, "source-offset")) offset = decimal(bytes, start, end);
  else if (isName(bytes, nameStart, nameEnd, "source-index")) index = decimal(bytes, start, end);
  else if (isName(bytes, nameStart, nameEnd, "log-id")) {
    hasLogId = true;
    if (!isName(bytes, start, end, logId)) logId = bytes.toString("latin1", start, end);
  }
};

function isName(bytes: Buffer, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false;
  for (let at = name.length - 1; at >= 0; at--) if (bytes[start + at] !== name.charCodeAt(at)) return false;
  return true;
}

/** Decimal text as a number, without making a string of it. */
function decimal(digits: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + ((digits[at] as number) - 48);
  return value;
}

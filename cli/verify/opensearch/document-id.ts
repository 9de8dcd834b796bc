import { parseEventTime } from "../../../domain/time/event-time.ts";

/** Where on the raw log the record stands that a document comes of. */
export interface RawPlace {
  readonly partition: number;
  readonly offset: number;
  /** Which of the record's outputs it is. */
  readonly index: number;
}

/** Base64url of 16 bytes. */
const logIdLength = 22;

/** Cuts an id of the indexer behind its log id (D4). Any id may be cut there. */
export function splitId(id: string): { readonly log: string; readonly rest: string } {
  return { log: id.slice(0, logIdLength), rest: id.slice(logIdLength) };
}

/** Reads `logId-partition-offset-index` (D4); null for an id of another form. */
export function rawPlaceOf(id: string): RawPlace | null {
  const match = /^-(\d+)-(\d+)-(\d+)$/.exec(splitId(id).rest);
  return match === null ? null : { partition: Number(match[1]), offset: Number(match[2]), index: Number(match[3]) };
}

/** Reads `logId-symbol-interval-start` (D4); null for an id of another form. */
export function windowOf(id: string): { readonly symbol: string; readonly endMicros: number } | null {
  const match = /^-(.*)-(\d+)([smh])-(\d{4}-\d\d-\d\dT[^-]*Z)$/.exec(splitId(id).rest);
  const start = match === null ? null : parseEventTime(match[4] ?? "");
  if (match === null || start === null) return null;
  const lengthMicros = Number(match[2]) * (secondsOf[match[3] ?? ""] ?? 0) * 1_000_000;
  return { symbol: match[1] ?? "", endMicros: start.micros + lengthMicros };
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

import { headerOf } from "../runtime/kafka/fetched-record.ts";
import type { IncomingRecord } from "../runtime/kafka/types.ts";

/** How much of a batch may be shown now. */
export interface Due {
  /** The index after the last record that may. */
  readonly end: number;
  /** How long the next one has to wait, milliseconds; 0 where there is none. */
  readonly waitMs: number;
}

/**
 * The records from `from` on up to the first whose time and the product's delay have not passed: none behind it is shown before it, whatever its own time.
 * @param nowMs since the epoch
 */
export function dueOf(records: readonly IncomingRecord[], from: number, delayMs: number, nowMs: number): Due {
  if (delayMs === 0) return { end: records.length, waitMs: 0 };
  for (let at = from; at < records.length; at++) {
    const waitMs = shownFromMs(records[at] as IncomingRecord, delayMs) - nowMs;
    if (waitMs > 0) return { end: at, waitMs };
  }
  return { end: records.length, waitMs: 0 };
}

/** When a record was received, with the delay; a record that does not tell was received, at the latest, when it was written. */
function shownFromMs(record: IncomingRecord, delayMs: number): number {
  const text = headerOf(record, "received-time")?.toString() ?? "";
  return (/^\d{1,17}$/.test(text) ? Number(text) / 1000 : record.timestampMs) + delayMs;
}

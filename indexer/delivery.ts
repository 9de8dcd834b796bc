import { parseEventTime } from "../domain/time/event-time.ts";
import type { SourceHeaders } from "./source-headers.ts";

/**
 * What ends a document in place of its value's closing brace, so that `delivery` is its last key: when its record was received, and how long each hop
 * took, in milliseconds. It stands on headers, which a record keeps, but for `indexMs`, which is of this moment: writing the document again changes
 * nothing all the same, since its version is there (D4).
 *
 * - `receivedTime`: when the raw record came that this one was made of, rounded up to the millisecond: who bought it with a delay may see it from then.
 * - `feedMs`: from the market's clock (`eventTime`) to ours; of a recording, its age.
 * - `enrichMs`: from received to enriched.
 * - `indexMs`: from enriched to the making of the document, which the next bulk request takes along.
 *
 * Empty for a value without the headers, or that does not end as an object: it stays as it is.
 * @param eventTime null for a record of no moment of the market (a window, a gap): then `receivedTime` is all
 */
export function deliveryTail(
  value: Buffer,
  { receivedMicros, enrichedMicros }: SourceHeaders,
  eventTime: string | null,
  nowMicros: number,
): string {
  if (value[value.length - 1] !== closingBrace) return "";
  const received = receivedMicros === null ? "" : `"receivedTime":"${isoTime(receivedMicros)}"`;
  if (eventTime === null || enrichedMicros === null) return received === "" ? "" : `,"delivery":{${received}}}`;
  const indexMs = (nowMicros - enrichedMicros) / 1000;
  if (receivedMicros === null) return `,"delivery":{"indexMs":${indexMs}}}`;
  const enrichMs = (enrichedMicros - receivedMicros) / 1000;
  const event = parseEventTime(eventTime);
  if (event === null) return `,"delivery":{${received},"enrichMs":${enrichMs},"indexMs":${indexMs}}}`;
  const feedMs = (receivedMicros - event.micros) / 1000;
  return `,"delivery":{${received},"feedMs":${feedMs},"enrichMs":${enrichMs},"indexMs":${indexMs}}}`;
}

/** Many records are received in one millisecond, and writing a time costs as much as all the rest of a tail. */
let lastMs = 0;
let lastText = new Date(0).toISOString();

function isoTime(micros: number): string {
  const ms = Math.ceil(micros / 1000);
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}

const closingBrace = 0x7d;

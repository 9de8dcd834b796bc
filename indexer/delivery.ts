import { parseEventTime } from "../domain/time/event-time.ts";
import type { SourceHeaders } from "./source-headers.ts";

/**
 * What ends a document in place of its value's closing brace, so that `delivery` is its last key: how long each hop took, in milliseconds. It stands
 * on headers, which a record keeps, but for `indexMs`, which is of this moment: writing the document again changes nothing all the same, since its
 * version is there (D4).
 *
 * - `feedMs`: from the market's clock (`eventTime`) to ours, so that the two tell when it was received; of a recording, its age.
 * - `enrichMs`: from received to enriched.
 * - `indexMs`: from enriched to the making of the document, which the next bulk request takes along.
 *
 * Empty for a value without the headers, or that does not end as an object: it stays as it is.
 */
export function deliveryTail(
  value: Buffer,
  { receivedMicros, enrichedMicros }: SourceHeaders,
  eventTime: string,
  nowMicros: number,
): string {
  if (enrichedMicros === null || value[value.length - 1] !== closingBrace) return "";
  const indexMs = (nowMicros - enrichedMicros) / 1000;
  if (receivedMicros === null) return `,"delivery":{"indexMs":${indexMs}}}`;
  const enrichMs = (enrichedMicros - receivedMicros) / 1000;
  const event = parseEventTime(eventTime);
  if (event === null) return `,"delivery":{"enrichMs":${enrichMs},"indexMs":${indexMs}}}`;
  const feedMs = (receivedMicros - event.micros) / 1000;
  return `,"delivery":{"feedMs":${feedMs},"enrichMs":${enrichMs},"indexMs":${indexMs}}}`;
}

const closingBrace = 0x7d;

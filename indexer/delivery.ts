import { parseEventTime } from "../domain/time/event-time.ts";
import type { IncomingRecord } from "../runtime/kafka/types.ts";

/**
 * Adds `delivery` to a value, as its last key: how long each hop took, in milliseconds. It stands on headers, which a record keeps, but for `indexMs`,
 * which is of this moment: writing the document again changes nothing all the same, since its version is there (D4).
 *
 * - `feedMs`: from the market's clock (`eventTime`) to ours, so that the two tell when it was received; of a recording, its age.
 * - `enrichMs`: from received to enriched.
 * - `indexMs`: from enriched to the making of the document, which the next bulk request takes along.
 *
 * A value without the headers, or that does not end as an object, stays as it is.
 */
export function withDelivery(
  value: Buffer,
  { headers }: Pick<IncomingRecord, "headers">,
  eventTime: string,
  nowMicros: number,
): Buffer {
  const enriched = micros(headers["enriched-time"]);
  if (enriched === null || value[value.length - 1] !== closingBrace) return value;
  const received = micros(headers["received-time"]);
  const event = parseEventTime(eventTime);
  let json = '{"';
  if (received !== null) {
    if (event !== null) json += `feedMs":${(received - event.micros) / 1000},"`;
    json += `enrichMs":${(enriched - received) / 1000},"`;
  }
  json += `indexMs":${(nowMicros - enriched) / 1000}}`;
  const tail = `,"delivery":${json}}`;
  const whole = Buffer.allocUnsafe(value.length - 1 + tail.length);
  value.copy(whole, 0, 0, value.length - 1);
  whole.write(tail, value.length - 1, "latin1");
  return whole;
}

const closingBrace = 0x7d;

function micros(header: Buffer | undefined): number | null {
  if (header === undefined) return null;
  const value = Number(header.toString("latin1"));
  return Number.isSafeInteger(value) && value > 0 ? value : null;
}

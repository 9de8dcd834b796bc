import { copyHeader, headerOf } from "../runtime/kafka/fetched-record.ts";
import { encodeHeaders } from "../runtime/kafka/record-fields.ts";
import type { EncodedHeaders, IncomingRecord, RecordHeaders } from "../runtime/kafka/types.ts";
import { varintSize } from "../runtime/kafka/varint.ts";

const zero = 0x30;
/** Outputs of one record are few. */
const indexInPlaceMax = 9;

/**
 * The headers of one partition's outputs (D4). They are nearly the same from output to output: they are encoded once, and what differs is written in
 * its place. What is given is good until the next is asked for.
 */
export class OutputHeaders {
  readonly #partition: string;
  readonly #logId: string;
  #encoded: EncodedHeaders = encodeHeaders({});
  /** The offsets that have as many digits as the one that was encoded: none before that. */
  #offsetMin = 0;
  #offsetMax = -1;
  #offsetAt = 0;
  #offsetEnd = 0;
  #indexAt = 0;
  #receivedAt = 0;
  #receivedLength = 0;
  #enrichedTime = "";

  /** @param logId Kafka's topic id of the raw topic */
  constructor(partition: number, logId: string) {
    this.#partition = String(partition);
    this.#logId = logId;
  }

  /**
   * @param index the output's place among those of its raw record (D6)
   * @param enrichedTime microseconds since the epoch, decimal text
   */
  encoded(raw: IncomingRecord, index: number, enrichedTime: string): EncodedHeaders {
    if (!this.#writeInPlace(raw, index, enrichedTime)) this.#encode(raw, index, enrichedTime);
    return this.#encoded;
  }

  /** The same by their names. */
  named(raw: IncomingRecord, index: number, enrichedTime: string): RecordHeaders {
    const received = headerOf(raw, "received-time");
    return {
      "source-partition": this.#partition,
      "source-offset": String(raw.offset),
      "source-index": String(index),
      "log-id": this.#logId,
      ...(received === undefined ? {} : { "received-time": received }),
      "enriched-time": enrichedTime,
    };
  }

  /** False where the lengths are others than before. */
  #writeInPlace(raw: IncomingRecord, index: number, enrichedTime: string): boolean {
    const { offset } = raw;
    if (offset < this.#offsetMin || offset > this.#offsetMax || index > indexInPlaceMax) return false;
    if (enrichedTime !== this.#enrichedTime) return false;
    const encoded = this.#encoded;
    if (!copyHeader(raw, "received-time", this.#receivedLength, encoded, this.#receivedAt)) return false;
    encoded[this.#indexAt] = zero + index;
    let rest = offset;
    for (let at = this.#offsetEnd - 1; at >= this.#offsetAt; at--) {
      const tenth = Math.floor(rest / 10);
      encoded[at] = zero + (rest - 10 * tenth);
      rest = tenth;
    }
    return true;
  }

  #encode(raw: IncomingRecord, index: number, enrichedTime: string): void {
    const headers = this.named(raw, index, enrichedTime);
    this.#encoded = encodeHeaders(headers);
    const places = placesOf(headers);
    const offset = places["source-offset"];
    const place = places["source-index"];
    const received = places["received-time"];
    this.#offsetMax = -1;
    if (offset === undefined || place === undefined || received === undefined || index > indexInPlaceMax) return;
    this.#offsetMin = offset.length === 1 ? 0 : 10 ** (offset.length - 1);
    this.#offsetMax = 10 ** offset.length - 1;
    this.#offsetAt = offset.start;
    this.#offsetEnd = offset.start + offset.length;
    this.#indexAt = place.start;
    this.#receivedAt = received.start;
    this.#receivedLength = received.length;
    this.#enrichedTime = enrichedTime;
  }
}

/** Where the value of each header stands in what `encodeHeaders` makes of them; names and texts are ASCII. */
function placesOf(
  headers: RecordHeaders,
): Readonly<Record<string, { readonly start: number; readonly length: number }>> {
  const places: Record<string, { start: number; length: number }> = {};
  let at = varintSize(Object.keys(headers).length);
  for (const [name, { length }] of Object.entries(headers)) {
    const start = at + varintSize(name.length) + name.length + varintSize(length);
    places[name] = { start, length };
    at = start + length;
  }
  return places;
}

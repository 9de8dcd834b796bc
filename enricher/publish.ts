import type { TopicNames } from "../domain/topics.ts";
import { headerOf } from "../runtime/kafka/fetched-record.ts";
import type { IncomingRecord, OutgoingRecord, RecordHeaders } from "../runtime/kafka/types.ts";
import type { Output } from "./operators/output.ts";

/** What is the same for every output of a partition of one raw log. */
export interface Source {
  readonly partition: number;
  /** Kafka's topic id of the raw topic (D4). */
  readonly logId: string;
  readonly topics: TopicNames;
}

/** A record to send, and where. */
export interface Publication {
  readonly topic: string;
  readonly record: OutgoingRecord;
}

/**
 * An output as the record that is published: on the partition it came from, with headers that say which raw record caused it (D4). Only headers tell of the delivery; the value is the fold's alone.
 * A dead letter carries the raw record's key, bytes and headers as they came, and why it was rejected (D3).
 * @param index the output's place among those of its raw record (D6)
 * @param enrichedTime microseconds since the epoch, decimal text
 */
export function publication(
  source: Source,
  raw: IncomingRecord,
  output: Output,
  index: number,
  enrichedTime: string,
): Publication {
  const headers = headersOf(source, raw, index, enrichedTime);
  const { partition } = source;
  switch (output.stream) {
    case "enriched":
    case "candles":
    case "alerts":
      return {
        topic: source.topics[output.stream],
        record: { partition, key: output.key, value: output.value, headers },
      };
    case "deadLetter":
      return {
        topic: source.topics.deadLetter,
        // What came is kept as it came; our own headers win.
        record: {
          partition,
          key: raw.key,
          value: raw.value,
          headers: { ...raw.headers, ...headers, reason: output.reason, stage: "enricher" },
        },
      };
    default:
      return output satisfies never;
  }
}

/** Written out for both cases: the hot path. */
function headersOf(source: Source, raw: IncomingRecord, index: number, enrichedTime: string): RecordHeaders {
  const receivedTime = headerOf(raw, "received-time");
  if (receivedTime === undefined) {
    return {
      "source-partition": String(source.partition),
      "source-offset": String(raw.offset),
      "source-index": String(index),
      "log-id": source.logId,
      "enriched-time": enrichedTime,
    };
  }
  return {
    "source-partition": String(source.partition),
    "source-offset": String(raw.offset),
    "source-index": String(index),
    "log-id": source.logId,
    "received-time": receivedTime,
    "enriched-time": enrichedTime,
  };
}

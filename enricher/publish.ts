import type { TopicNames } from "../domain/topics.ts";
import type { IncomingRecord, RecordToEncode } from "../runtime/kafka/types.ts";
import type { Output } from "./operators/output.ts";
import type { OutputHeaders } from "./output-headers.ts";

/** What is the same for every output of a partition of one raw log. */
export interface Source {
  readonly partition: number;
  readonly headers: OutputHeaders;
  readonly topics: TopicNames;
}

/** A record to send, and where. */
export interface Publication {
  readonly topic: string;
  readonly record: RecordToEncode;
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
  const { partition, headers } = source;
  switch (output.stream) {
    case "enriched":
    case "candles":
    case "alerts":
      return {
        topic: source.topics[output.stream],
        record: {
          partition,
          key: output.key,
          value: output.value,
          headers: headers.encoded(raw, index, enrichedTime),
        },
      };
    case "deadLetter":
      return {
        topic: source.topics.deadLetter,
        // What came is kept as it came; our own headers win.
        record: {
          partition,
          key: raw.key,
          value: raw.value,
          headers: {
            ...raw.headers,
            ...headers.named(raw, index, enrichedTime),
            reason: output.reason,
            stage: "enricher",
          },
        },
      };
    default:
      return output satisfies never;
  }
}

import { isUtf8 } from "node:buffer";
import type { IncomingRecord } from "../runtime/kafka/types.ts";
import { IndexDocument, sourceId } from "./document.ts";
import type { IndexOf } from "./index-names.ts";

/**
 * The document of a dead letter: a small one of our own making, since the letter's bytes may be anything. Its day is that
 * of Kafka's time (D4). A letter without the source's headers is known by its own place in the topic.
 */
export function deadLetterDocument(record: IncomingRecord, partition: number, indexOf: IndexOf): IndexDocument {
  const { headers, value, key } = record;
  const time = new Date(record.timestampMs).toISOString();
  const index = indexOf("deadLetter", time);
  if (index === null) throw new RangeError(`${time} has no day.`);
  const fields = {
    time,
    reason: text(headers.reason),
    stage: text(headers.stage),
    detail: text(headers.detail),
    key: text(key),
    partition,
    offset: record.offset,
    logId: text(headers["log-id"]),
    sourcePartition: count(headers["source-partition"]),
    sourceOffset: count(headers["source-offset"]),
    sourceIndex: count(headers["source-index"]),
    ...(value === null
      ? {}
      : isUtf8(value)
        ? { value: value.toString("utf8") }
        : { valueBase64: value.toString("base64") }),
  };
  const id = sourceId(record) ?? `dead-letter-${partition}-${record.offset}`;
  return new IndexDocument("deadLetter", index, id, 1, Buffer.from(JSON.stringify(fields)), "");
}

function text(bytes: Buffer | null | undefined): string | undefined {
  return bytes === null || bytes === undefined ? undefined : bytes.toString("utf8");
}

function count(bytes: Buffer | undefined): number | undefined {
  const value = Number(text(bytes));
  return Number.isSafeInteger(value) ? value : undefined;
}

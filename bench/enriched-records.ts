import { partitionOf } from "../domain/partition.ts";
import { defaultPartitions } from "../domain/topics.ts";
import { documentOf, type IndexDocument } from "../indexer/document.ts";
import type { IndexOf } from "../indexer/index-names.ts";
import type { OutgoingRecord } from "../runtime/kafka/types.ts";
import { foldLoad } from "./fold-load.ts";
import { type Load, quoteLines } from "./quotes.ts";

/** A load's quotes as the enricher publishes them, with the headers of an output. */
export function enrichedRecords(load: Load): readonly OutgoingRecord[] {
  const records: OutgoingRecord[] = [];
  const fold = foldLoad(load, (output) => {
    if (output.stream === "enriched") records.push(enrichedRecord(output.key ?? "", output.value, records.length));
  });
  const lines = [...quoteLines(load)];
  for (let at = 0; at < lines.length; at += 1000) fold.push(lines.slice(at, at + 1000));
  fold.end();
  return records;
}

/** @param n stands for the offset of its raw record */
export function enrichedRecord(symbol: string, value: Uint8Array, n: number): OutgoingRecord {
  const partition = partitionOf(symbol, defaultPartitions);
  const nowMicros = Date.now() * 1000;
  const headers = {
    "source-partition": String(partition),
    "source-offset": String(n),
    "source-index": "0",
    "log-id": "qG6poJF7S_Cvs-Q1efnXaQ",
    "received-time": String(nowMicros - 1000),
    "enriched-time": String(nowMicros),
  };
  return { partition, key: symbol, value, headers };
}

/** The document that the indexer makes of such a record. */
export function enrichedDocument({ value, headers }: OutgoingRecord, indexOf: IndexOf): IndexDocument {
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  const record = { offset: 0, key: null, value: Buffer.from(value ?? ""), headers: bytes, timestampMs: 0 };
  const document = documentOf(record, indexOf, Date.now() * 1000);
  if ("reason" in document) throw new Error(document.detail);
  return document;
}

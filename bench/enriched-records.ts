import { foldRecording } from "../cli/replay/fold-recording.ts";
import { nyse } from "../domain/calendar/nyse.ts";
import { partitionOf } from "../domain/partition.ts";
import { noCorporateActions } from "../domain/references/corporate-actions.ts";
import { OfficialCloses } from "../domain/references/official-closes.ts";
import { defaultSettings } from "../domain/settings.ts";
import { defaultPartitions } from "../domain/topics.ts";
import type { OutgoingRecord } from "../runtime/kafka/types.ts";
import { type Load, loadSymbols, quoteLines } from "./quotes.ts";

/** A load's quotes as the enricher publishes them, with the headers of an output. */
export function enrichedRecords(load: Load): readonly OutgoingRecord[] {
  const records: OutgoingRecord[] = [];
  const fold = foldRecording({
    settings: defaultSettings(nyse.version),
    references: { closes: new OfficialCloses(), actions: noCorporateActions, calendar: nyse, adjustDividends: false },
    symbols: loadSymbols(load.symbols),
    partitions: defaultPartitions,
    onOutput: (output) => {
      if (output.stream === "enriched") records.push(enrichedRecord(output.key ?? "", output.value, records.length));
    },
  });
  const lines = [...quoteLines(load)];
  for (let at = 0; at < lines.length; at += 1000) fold.push(lines.slice(at, at + 1000));
  fold.end();
  return records;
}

/** @param n stands for the offset of its raw record */
export function enrichedRecord(symbol: string, value: string, n: number): OutgoingRecord {
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

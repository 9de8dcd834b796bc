import { foldRecording } from "../cli/replay/fold-recording.ts";
import { nyse } from "../domain/calendar/nyse.ts";
import { partitionOf } from "../domain/partition.ts";
import { noCorporateActions } from "../domain/references/corporate-actions.ts";
import { addDailyBars, OfficialCloses } from "../domain/references/official-closes.ts";
import { defaultSettings } from "../domain/settings.ts";
import { defaultPartitions } from "../domain/topics.ts";
import { documentOf, type IndexDocument } from "../indexer/document.ts";
import { createIndexOf } from "../indexer/index-names.ts";
import { dailyBars, type Load, loadSymbols, quoteLines } from "./quotes.ts";

const linesOfOne = 1000;

/** What the indexer would write of a load and a gap in it, folded as the enricher folds: quotes, their candles and flips. */
export function* dayDocuments(load: Load, gap: string): Generator<readonly IndexDocument[]> {
  const closes = new OfficialCloses();
  addDailyBars(closes, { bars: dailyBars(load) });
  const indexOf = createIndexOf("market-");
  let documents: IndexDocument[] = [];
  let outputs = 0;
  const fold = foldRecording({
    settings: defaultSettings(nyse.version),
    references: { closes, actions: noCorporateActions, calendar: nyse, adjustDividends: false },
    symbols: loadSymbols(load.symbols),
    partitions: defaultPartitions,
    onOutput: (output) => {
      if (output.stream === "deadLetter") throw new Error(`The load has a dead letter: ${output.reason}`);
      const nowMicros = Date.now() * 1000;
      const headers = headersOf(output.key ?? "", outputs, nowMicros);
      const record = { offset: outputs++, key: null, value: Buffer.from(output.value), headers, timestampMs: 0 };
      const document = documentOf(record, indexOf, nowMicros);
      if ("reason" in document) throw new Error(document.detail);
      documents.push(document);
    },
  });
  let lines: string[] = [gap];
  for (const line of quoteLines(load)) {
    if (lines.push(line) < linesOfOne) continue;
    fold.push(lines);
    lines = [];
    yield documents;
    documents = [];
  }
  fold.push(lines);
  fold.end();
  yield documents;
}

function headersOf(symbol: string, offset: number, nowMicros: number): Readonly<Record<string, Buffer>> {
  return {
    "source-partition": Buffer.from(String(partitionOf(symbol, defaultPartitions))),
    "source-offset": Buffer.from(String(offset)),
    "source-index": Buffer.from("0"),
    "log-id": Buffer.from("qG6poJF7S_Cvs-Q1efnXaQ"),
    "received-time": Buffer.from(String(nowMicros - 1000)),
    "enriched-time": Buffer.from(String(nowMicros)),
  };
}

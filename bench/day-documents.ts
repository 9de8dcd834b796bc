import { addDailyBars, OfficialCloses } from "../domain/references/official-closes.ts";
import type { IndexDocument } from "../indexer/document.ts";
import { createIndexOf } from "../indexer/index-names.ts";
import { enrichedDocument, enrichedRecord } from "./enriched-records.ts";
import { foldLoad } from "./fold-load.ts";
import { dailyBars, type Load, quoteLines } from "./quotes.ts";

const linesOfOne = 1000;

/** What the indexer would write of a load and a gap in it, folded as the enricher folds: quotes, their candles and flips. */
export function* dayDocuments(load: Load, gap: string): Generator<readonly IndexDocument[]> {
  const closes = new OfficialCloses();
  addDailyBars(closes, { bars: dailyBars(load) });
  const indexOf = createIndexOf("market-");
  let documents: IndexDocument[] = [];
  let outputs = 0;
  const onOutput: Parameters<typeof foldLoad>[1] = (output) => {
    if (output.stream === "deadLetter") throw new Error(`The load has a dead letter: ${output.reason}`);
    documents.push(enrichedDocument(enrichedRecord(output.key ?? "", output.value, outputs++), indexOf));
  };
  const fold = foldLoad(load, onOutput, closes);
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

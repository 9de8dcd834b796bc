import { foldRecording } from "../../../cli/replay/fold-recording.ts";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { parseCorporateActions } from "../../../domain/references/corporate-actions.ts";
import { addDailyBars, OfficialCloses } from "../../../domain/references/official-closes.ts";
import { defaultSettings } from "../../../domain/settings.ts";
import { parseEventTime } from "../../../domain/time/event-time.ts";
import type { Output } from "../../../enricher/operators/output.ts";
import { deadLetterDocument } from "../../../indexer/dead-letter-document.ts";
import { documentOf, type IndexDocument } from "../../../indexer/document.ts";
import { createIndexOf } from "../../../indexer/index-names.ts";
import { openRecording, type Recording } from "../../../local/recording/recording.ts";
import type { IncomingRecord } from "../../../runtime/kafka/types.ts";

export interface RecordingLines {
  readonly symbols: readonly string[];
  readonly dailyBars: Recording["dailyBars"];
  readonly corporateActions: unknown;
  readonly lines: readonly string[];
}

/** A recording with all its lines. */
export async function readRecording(directory: string): Promise<RecordingLines> {
  const recording = await openRecording(directory);
  const lines: string[] = [];
  for await (const batch of recording.lines()) lines.push(...batch);
  const { manifest, dailyBars, corporateActions } = recording;
  return { symbols: manifest.symbols, dailyBars, corporateActions, lines };
}

/**
 * What the indexer would write of a recording: its lines folded, each output with headers as the stages give them. Latencies are made up, from a
 * counter: what is shown of them can be told exactly.
 */
export function recordedDocuments(recording: RecordingLines, logId: string): readonly IndexDocument[] {
  const closes = new OfficialCloses();
  addDailyBars(closes, { bars: recording.dailyBars });
  const actions = parseCorporateActions({ corporate_actions: recording.corporateActions });
  const indexOf = createIndexOf("market-");
  const documents: IndexDocument[] = [];
  let lastMicros = 0;
  const add = (output: Output, rawText: string) => {
    const at = documents.length;
    const value = output.stream === "deadLetter" ? rawText : String(Buffer.from(output.value));
    lastMicros = parseEventTime(/"(?:eventTime|start|from)":"([^"]+)"/.exec(value)?.[1] ?? "")?.micros ?? lastMicros;
    const receivedMicros = lastMicros + 8000 + ((at * 37) % 32_000);
    const enrichedMicros = receivedMicros + 700 + ((at * 101) % 2600);
    const headers: Record<string, string> = {
      "log-id": logId,
      "source-partition": "0",
      "source-offset": String(at),
      "source-index": "0",
      "received-time": String(receivedMicros),
      "enriched-time": String(enrichedMicros),
      ...(output.stream === "deadLetter" ? { reason: output.reason, stage: "enricher" } : {}),
    };
    const record: IncomingRecord = {
      offset: at,
      key: null,
      value: Buffer.from(value),
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
      timestampMs: Math.floor(enrichedMicros / 1000),
    };
    const document =
      output.stream === "deadLetter"
        ? deadLetterDocument(record, 0, indexOf)
        : documentOf(record, indexOf, enrichedMicros + 60_000 + ((at * 7919) % 300_000));
    if ("reason" in document) throw new Error(`${document.reason}: ${value}`);
    documents.push(document);
  };
  const fold = foldRecording({
    settings: defaultSettings(nyse.version),
    references: { closes, actions, calendar: nyse, adjustDividends: false },
    symbols: recording.symbols,
    partitions: 12,
    onOutput: add,
  });
  fold.push(recording.lines);
  fold.end();
  return documents;
}

/** What is stored of documents in the end: of one id the highest version. Parsed, by the name of the index. */
export function storedValues(documents: readonly IndexDocument[]): ReadonlyMap<string, readonly StoredValue[]> {
  const latest = new Map<string, IndexDocument>();
  for (const document of documents) {
    const key = `${document.index}/${document.id}`;
    if ((latest.get(key)?.version ?? 0) < document.version) latest.set(key, document);
  }
  const byIndex = new Map<string, StoredValue[]>();
  for (const { index, source } of latest.values()) {
    const values = byIndex.get(index) ?? [];
    values.push(JSON.parse(source.toString()));
    byIndex.set(index, values);
  }
  return byIndex;
}

export type StoredValue = Readonly<Record<string, unknown>>;

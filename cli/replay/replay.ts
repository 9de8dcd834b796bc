import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nyse } from "../../domain/calendar/nyse.ts";
import { parseCorporateActions } from "../../domain/references/corporate-actions.ts";
import { addDailyBars, OfficialCloses } from "../../domain/references/official-closes.ts";
import type { SettingsDocument } from "../../domain/settings.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import type { EnrichedType, Output } from "../../enricher/operators/output.ts";
import { openRecording, type Recording } from "../../local/recording/recording.ts";
import { foldRecording } from "./fold-recording.ts";
import { type FileSummary, type OutputFile, openOutputFile } from "./output-files.ts";

/** What a replay gave: the content of `summary.json`. */
export interface ReplaySummary {
  readonly messages: number;
  /** Enriched records by their `type`. */
  readonly enriched: Readonly<Record<EnrichedType, number>>;
  /** Enriched quotes by their indicator; `none` where there is none to tell (I2, Q2). */
  readonly indicators: Readonly<Record<"Bullish" | "Bearish" | "Neutral" | "none", number>>;
  /** By file: how many records, and the SHA-256 of its bytes. */
  readonly files: Readonly<Record<string, FileSummary>>;
}

const files = {
  enriched: "enriched.jsonl",
  candles: "candles.jsonl",
  alerts: "alerts.jsonl",
  deadLetter: "dead-letter.jsonl",
} as const;

/**
 * Folds a recording offline and writes the values as they would be published, one a line, and `summary.json` last of all, so that a folder without one is not whole.
 * @throws PipelineError `recordingUnreadable`, `diskFull`
 */
export async function replay(directory: string, out: string, settings: SettingsDocument): Promise<ReplaySummary> {
  const recording = await openRecording(directory);
  rmSync(join(out, "summary.json"), { force: true });
  const opened: Record<Output["stream"], OutputFile> = {
    enriched: openOutputFile(out, files.enriched),
    candles: openOutputFile(out, files.candles),
    alerts: openOutputFile(out, files.alerts),
    deadLetter: openOutputFile(out, files.deadLetter),
  };
  const indicators = { Bullish: 0, Bearish: 0, Neutral: 0, none: 0 };
  const enriched = { quote: 0, trade: 0, correction: 0, cancel: 0, bar: 0, gap: 0 };
  let messages = 0;
  const fold = foldRecording({
    settings,
    references: referenceData(recording, settings),
    symbols: recording.manifest.symbols,
    partitions: defaultPartitions,
    onOutput(output, rawText) {
      opened[output.stream].append(output.stream === "deadLetter" ? Buffer.from(rawText) : output.value);
      if (output.stream !== "enriched") return;
      enriched[output.type]++;
      if (output.type === "quote") indicators[output.indicator ?? "none"]++;
    },
  });
  try {
    for await (const lines of recording.lines()) {
      messages += lines.length;
      fold.push(lines);
    }
  } catch (error) {
    // What could be read is kept, and no summary says that it is all.
    for (const file of Object.values(opened)) closeAfterFault(file);
    throw error;
  }
  fold.end();
  const written = Object.entries(files).map(([stream, name]) => [name, opened[stream as Output["stream"]].close()]);
  const summary: ReplaySummary = { messages, enriched, indicators, files: Object.fromEntries(written) };
  writeFileSync(join(out, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/** The fault that came first is the one to tell. */
function closeAfterFault(file: OutputFile): void {
  try {
    file.close();
  } catch {
    // What it held could not be written.
  }
}

function referenceData(recording: Recording, settings: SettingsDocument) {
  const closes = new OfficialCloses();
  addDailyBars(closes, { bars: recording.dailyBars });
  const actions = parseCorporateActions({ corporate_actions: recording.corporateActions });
  return { closes, actions, calendar: nyse, adjustDividends: settings.adjustDividends };
}

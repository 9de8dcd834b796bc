import { access, constants, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { PipelineError } from "../../domain/errors.ts";
import {
  type CorporateAction,
  corporateActionsSchema,
  type DailyBar,
  dailyBarsSchema,
  type RecordingManifest,
  recordingManifestSchema,
} from "./documents.ts";
import { gzipLines } from "./gzip-lines.ts";

/** A recording folder, opened: its documents are read and checked, its stream is read when it is asked for. */
export interface Recording {
  readonly directory: string;
  readonly manifest: RecordingManifest;
  /** Daily bars by symbol, oldest first. */
  readonly dailyBars: Readonly<Record<string, readonly DailyBar[]>>;
  /** Corporate actions by Alpaca's kind, such as `forward_splits`. */
  readonly corporateActions: Readonly<Record<string, readonly CorporateAction[]>>;
  /**
   * The raw lines of `stream.jsonl.gz` in order, in batches; each call reads the file from its start.
   * @throws PipelineError `recordingUnreadable`, after what could be read before the fault
   */
  lines(): AsyncIterable<string[]>;
}

/**
 * Opens a recording folder (design: "A recording is a folder").
 * @throws PipelineError `recordingUnreadable` naming every fault of its three documents at once
 */
export async function openRecording(directory: string): Promise<Recording> {
  const faults: string[] = [];
  const [manifest, bars, actions] = await Promise.all([
    readDocument(directory, "recording.json", recordingManifestSchema, faults),
    readDocument(directory, "daily-bars.json", dailyBarsSchema, faults),
    readDocument(directory, "corporate-actions.json", corporateActionsSchema, faults),
  ]);
  if (manifest === undefined || bars === undefined || actions === undefined) {
    throw new PipelineError(
      "recordingUnreadable",
      `${directory} is not a readable recording: ${faults.sort().join("; ")}.`,
      {
        remedy: "Give a folder with recording.json, daily-bars.json, corporate-actions.json and stream.jsonl.gz.",
      },
    );
  }
  return {
    directory,
    manifest,
    dailyBars: bars.bars,
    corporateActions: actions.corporate_actions,
    lines: () => gzipLines(join(directory, streamFile)),
  };
}

const streamFile = "stream.jsonl.gz";

/**
 * Sees that there is a stream to play, which a recording of documents alone does not have: else that is only found when the stream is first asked for.
 * @throws PipelineError `recordingUnreadable`
 */
export async function requireStream({ directory }: Pick<Recording, "directory">): Promise<void> {
  const path = join(directory, streamFile);
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw new PipelineError("recordingUnreadable", `The recording has no stream to play: ${path} cannot be read.`, {
      remedy: `Give a recording whose folder holds ${streamFile}.`,
      cause,
    });
  });
}

/** The document, or nothing with its faults added to the list. */
async function readDocument<Schema extends z.ZodType>(
  directory: string,
  name: string,
  schema: Schema,
  faults: string[],
): Promise<z.infer<Schema> | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, name), "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    faults.push(code === "ENOENT" ? `${name} is missing` : `${name} cannot be read (${code})`);
    return undefined;
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    faults.push(`${name} is not JSON`);
    return undefined;
  }
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    faults.push(`${name}: ${issue.path.length === 0 ? "" : `${issue.path.join(".")}: `}${issue.message}`);
  }
  return undefined;
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** A recording before it is written: the lines of its stream and its three documents. */
export interface RecordingFiles {
  readonly lines: readonly string[];
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly dailyBars: Readonly<Record<string, readonly unknown[]>>;
  readonly corporateActions: Readonly<Record<string, readonly unknown[]>>;
}

/** Writes a recording folder. The gzip header holds no time and no system, so that the same lines give the same file. */
export async function writeRecording(directory: string, files: RecordingFiles): Promise<void> {
  await mkdir(directory, { recursive: true });
  const stream = gzipSync(`${files.lines.join("\n")}\n`, { level: 9 });
  stream[9] = 0xff;
  const page = { next_page_token: null };
  await Promise.all([
    writeFile(join(directory, "stream.jsonl.gz"), stream),
    writeFile(join(directory, "recording.json"), json(files.manifest)),
    writeFile(join(directory, "daily-bars.json"), json({ bars: files.dailyBars, ...page })),
    writeFile(join(directory, "corporate-actions.json"), json({ corporate_actions: files.corporateActions, ...page })),
  ]);
}

function json(document: unknown): string {
  return `${JSON.stringify(document, null, 1)}\n`;
}

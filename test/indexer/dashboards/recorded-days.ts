import { fileURLToPath } from "node:url";
import type { IndexDocument } from "../../../indexer/document.ts";
import { readRecording, recordedDocuments } from "./recorded-documents.ts";

const gap = '{"T":"gap","S":"TSLA","from":"2024-12-06T14:29:30Z","to":"2024-12-06T14:29:40Z","reason":"disconnected"}';

/** What the indexer would write of the recordings walk, with a gap before an open, and rules. */
export async function recordedDays(): Promise<readonly IndexDocument[]> {
  const walk = await readRecording(fileURLToPath(new URL("../../recordings/walk", import.meta.url)));
  const rules = await readRecording(fileURLToPath(new URL("../../recordings/rules", import.meta.url)));
  const gapAt = walk.lines.findIndex((line) => line.includes('"t":"2024-12-06T14:29:40.'));
  return [
    ...recordedDocuments({ ...walk, lines: walk.lines.toSpliced(gapAt, 0, gap) }, "walk"),
    ...recordedDocuments(rules, "rules"),
  ];
}

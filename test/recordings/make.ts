import { fileURLToPath } from "node:url";
import { type RecordingFiles, writeRecording } from "./recording-files.ts";
import { rulesRecording } from "./rules.ts";
import { walkRecording } from "./walk.ts";

/** The recordings of our own making, by the name of their folder. `node test/recordings/make.ts` writes them again. */
export const ownRecordings: Readonly<Record<string, () => RecordingFiles>> = {
  rules: rulesRecording,
  walk: walkRecording,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, make] of Object.entries(ownRecordings)) {
    await writeRecording(fileURLToPath(new URL(name, import.meta.url)), make());
  }
}

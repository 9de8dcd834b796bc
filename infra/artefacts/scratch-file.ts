import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

let folder: string | undefined;
let files = 0;

/** Writes what an asset is made of into a folder of this process, which goes with it. @returns the file's path */
export function scratchFile(name: string, content: string | Uint8Array): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), "bellwether-assets-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  files += 1;
  const path = join(folder, String(files), name);
  mkdirSync(dirname(path));
  writeFileSync(path, content);
  return path;
}

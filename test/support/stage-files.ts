import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StageFiles } from "../../infra/artefacts/stage-artefact.ts";

/** Archives with nothing of use in them, for tests of templates: nothing is bundled or fetched for them. */
export function emptyStageFiles(): StageFiles {
  const folder = mkdtempSync(join(tmpdir(), "bellwether-stage-files-"));
  const file = (name: string): string => {
    const path = join(folder, `${name}.tgz`);
    writeFileSync(path, name);
    return path;
  };
  return { program: file("program"), node: file("node"), crc32: file("crc32") };
}

import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** File names to SHA-256, as `sha256sum` writes and checks them: what a distribution must consist of. */
export type Manifest = ReadonlyMap<string, string>;

export function readManifest(file: string | URL): Manifest {
  const entries = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.match(/^([0-9a-f]{64}) [ *](.+)$/))
    .filter((match) => match !== null)
    .map(([, sha256 = "", name = ""]) => [name, sha256] as const);
  return new Map(entries);
}

/** The first file that is missing; enough for every start, since a folder is only ever put in its place whole and verified. */
export function firstMissing(folder: string, manifest: Manifest): string | undefined {
  for (const name of manifest.keys()) if (!existsSync(join(folder, name))) return name;
  return undefined;
}

/** The first file whose content is not what it must be; asked once, before a download is put in its place. */
export async function firstDifferent(folder: string, manifest: Manifest): Promise<string | undefined> {
  for (const [name, sha256] of manifest) {
    const file = join(folder, name);
    if (!existsSync(file)) return name;
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    if (hash.digest("hex") !== sha256) return name;
  }
  return undefined;
}

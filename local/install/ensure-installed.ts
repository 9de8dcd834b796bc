import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PipelineError } from "../../domain/errors.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import { diskFull, folderError } from "../process/folder-error.ts";
import { startGuarded } from "../process/guarded-process.ts";
import { freeBytes } from "../process/server-failure.ts";
import type { Tools } from "../tools/require-tools.ts";
import type { Distribution } from "./distribution.ts";
import { withFolderLock } from "./folder-lock.ts";
import { firstDifferent, firstMissing } from "./manifest.ts";
import type { OnInstallProgress } from "./progress.ts";

export interface InstallOptions {
  readonly cache: string;
  readonly environment: Environment;
  readonly tools: Tools;
  readonly onProgress?: OnInstallProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

const progressMs = 500;
const abandonedMs = 24 * 3600 * 1000;
const cacheRemedy = "name another folder in BELLWETHER_CACHE (600 MB are needed)";

/** Whether a start needs no download. */
export function isInstalled(cache: string, distribution: Distribution): boolean {
  return firstMissing(join(cache, distribution.folder), distribution.manifest) === undefined;
}

/**
 * Makes sure of a distribution in the cache and returns its folder. It is fetched by Maven (so that your mirror and proxy settings
 * hold) into a temporary sibling with a repository of its own, verified against the project's SHA-256 list, then renamed: whoever
 * looks sees all of it or nothing, and two first starts at once cannot disturb each other.
 * @throws PipelineError `downloadFailed` or `diskFull`
 */
export async function ensureInstalled(distribution: Distribution, options: InstallOptions): Promise<string> {
  const target = join(options.cache, distribution.folder);
  const done = () => isInstalled(options.cache, distribution);
  if (done()) return target;
  options.onProgress?.({ name: distribution.name, done: 0 });
  try {
    await mkdir(options.cache, { recursive: true, mode: 0o755 });
    await withFolderLock(`${target}.lock`, done, () => install(distribution, target, options));
  } catch (error) {
    options.onProgress?.({ name: distribution.name, done: 0, failed: true });
    throw folderError(error, options.cache, cacheRemedy);
  }
  options.onProgress?.({ name: distribution.name, done: 1 });
  return target;
}

async function install(distribution: Distribution, target: string, options: InstallOptions): Promise<void> {
  await removeAbandoned(options.cache);
  const work = await mkdtemp(join(options.cache, temporaryPrefix));
  try {
    const files = join(work, "files");
    const progress = setInterval(async () => {
      const bytes = await bytesBelow(work);
      options.onProgress?.({ name: distribution.name, done: Math.min(bytes / distribution.bytesExpected, 0.99) });
    }, progressMs);
    try {
      await runMaven(distribution, work, files, options);
    } finally {
      clearInterval(progress);
    }
    const different = await firstDifferent(files, distribution.manifest);
    if (different !== undefined) {
      throw new PipelineError(
        "downloadFailed",
        `${distribution.name} was downloaded, but ${different} is not the published file.`,
        {
          remedy: "Check the Maven mirror in use (~/.m2/settings.xml), then run the same command again.",
          retriable: true,
        },
      );
    }
    await makeReadable(files);
    await rm(target, { recursive: true, force: true }); // An incomplete one, or nothing.
    await rename(files, target).catch((error: unknown) => {
      if (firstMissing(target, distribution.manifest) !== undefined) throw error; // Otherwise another start was first.
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function runMaven(
  distribution: Distribution,
  work: string,
  files: string,
  options: InstallOptions,
): Promise<void> {
  const { maven, java } = options.tools;
  if (maven === undefined) throw new Error("an installation was started without Maven");
  const logFile = join(work, "maven.log");
  const run = await startGuarded({
    command: maven,
    args: [
      "--batch-mode",
      "--strict-checksums",
      "--file",
      fileURLToPath(distribution.pom),
      `-Dmaven.repo.local=${join(work, "repository")}`,
      `-DoutputFolder=${files}`,
      `-DworkFolder=${work}`,
      "generate-resources",
    ],
    workingFolder: work,
    environment: { ...options.environment, JAVA_HOME: java.home },
    logFile,
    stopSeconds: 5,
    temporaryFolder: work,
  });
  const abort = () => void run.stop();
  options.signal?.addEventListener("abort", abort);
  const end = await run.ended;
  options.signal?.removeEventListener("abort", abort);
  const log = await readFile(logFile, "utf8").catch(() => "");
  if (end.code === 0) {
    run.release();
    return;
  }
  const full = /No space left on device|Disk quota exceeded/.test(log) || freeBytes(work) < 1_000_000; // Before the stop makes room.
  await run.stop();
  options.signal?.throwIfAborted();
  if (full) throw diskFull(options.cache, cacheRemedy);
  const lines = log.split("\n").filter((line) => line.startsWith("[ERROR] "));
  throw new PipelineError(
    "downloadFailed",
    `${distribution.name} could not be downloaded: ${(lines[0]?.slice("[ERROR] ".length) ?? "Maven failed").slice(0, 400)}.`,
    {
      remedy:
        "Check that Maven Central, or the mirror named in ~/.m2/settings.xml, can be reached, then run the same command again.",
      retriable: true,
    },
  );
}

const temporaryPrefix = ".installing-";

/** Removes what an installation left behind whose machine went down: its watcher could not. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const path = join(cache, name);
    const seen = await stat(path).catch(() => undefined);
    if (seen !== undefined && Date.now() - seen.mtimeMs > abandonedMs) await rm(path, { recursive: true, force: true });
  }
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map((file) =>
      stat(join(file.parentPath, file.name)).then(
        (s) => s.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Lets the user that OpenSearch drops to read it, whatever the umask was. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = await stat(path);
    await chmod(path, entry.isDirectory() ? 0o755 : (mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}

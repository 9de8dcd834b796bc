import { chmod, mkdir, mkdtemp, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { folderError } from "./folder-error.ts";

/** Where a server keeps its data, settings and log. */
export interface ServerFolder {
  readonly path: string;
  /** True for an empty folder that goes with the server. */
  readonly temporary: boolean;
}

/** How to go on where a data folder cannot be used; ends a sentence. */
export const dataFolderRemedy = "name another data folder (--data; the default is a new one below TMPDIR)";

/**
 * The folder asked for (made where missing), or a fresh temporary one, readable by this user alone.
 * @throws PipelineError `badConfiguration` or `diskFull`
 */
export async function openServerFolder(asked: string | undefined, server: string): Promise<ServerFolder> {
  const path = asked === undefined ? tmpdir() : resolve(asked);
  try {
    if (asked === undefined) return { path: await mkdtemp(join(path, `bellwether-${server}-`)), temporary: true };
    await mkdir(path, { recursive: true });
    await chmod(path, 0o700);
    return { path, temporary: false };
  } catch (error) {
    throw folderError(error, path, dataFolderRemedy);
  }
}

/** Where the log of a failed start can still be read: that of a temporary folder is moved out of it before the folder goes. */
export async function keepLog(folder: ServerFolder, logFile: string): Promise<string> {
  if (!folder.temporary) return logFile;
  const kept = `${folder.path}.log`;
  try {
    await rename(logFile, kept);
    return kept;
  } catch {
    return logFile;
  }
}

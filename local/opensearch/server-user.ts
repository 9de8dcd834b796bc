import { randomUUID } from "node:crypto";
import { chmod, chown, lchown, mkdir, mkdtemp, readdir, readlink, rm, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ServerFolder } from "../process/server-folder.ts";
import { isRoot } from "../server-options.ts";

/** Whom the node runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` on every Linux; the number need not be in /etc/passwd. */
const unprivileged: ServerUser = { uid: 65534, gid: 65534 };

/** OpenSearch refuses root, so that root's node drops to `nobody`; undefined for everyone else: stay who you are. */
export function serverUser(): ServerUser | undefined {
  return isRoot() ? unprivileged : undefined;
}

/** Gives a folder and all below it to the node's user. */
export async function giveTo(user: ServerUser, folder: string): Promise<void> {
  await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}

/** The first folder, from a path upwards, that shuts out everyone but its owner and group; undefined where all may pass. */
export async function firstShut(path: string): Promise<string | undefined> {
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode } = await stat(folder);
    if ((mode & 0o001) === 0) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * The same folder where the node's user can reach it, else one that stands in for it: root's own folders (/root, what `mktemp -d`
 * makes) are shut, and to open them is not ours. The link `elsewhere` in the folder asked for leads to its stand-in, so that the
 * next start finds it again.
 */
export async function reachableFolder(folder: ServerFolder): Promise<ServerFolder> {
  if ((await firstShut(dirname(folder.path))) === undefined) return folder;
  if (folder.temporary) {
    await rm(folder.path, { recursive: true, force: true });
    return { path: await mkdtemp("/var/tmp/bellwether-opensearch-"), temporary: true };
  }
  const link = join(folder.path, "elsewhere");
  const known = await readlink(link).catch(() => undefined);
  const path = known ?? join("/var/lib/bellwether", randomUUID());
  await mkdir(path, { recursive: true });
  if (known === undefined) await symlink(path, link);
  return { path, temporary: false };
}

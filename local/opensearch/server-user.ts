import { chmod, chown, lchown, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PipelineError } from "../../domain/errors.ts";
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

/** Gives a folder and all below it to the node's user, and lets that user reach it. */
export async function giveTo(user: ServerUser, folder: string): Promise<void> {
  await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
  await requireReachable(
    dirname(folder),
    "data folder",
    "Choose another with --data (or TMPDIR), for example below /var/lib",
  );
}

/**
 * Refuses a place that only root can reach, before the node fails on it with a riddle.
 * @throws PipelineError `badConfiguration`, naming the folder that shuts the others out
 */
export async function requireReachable(path: string, what: string, remedy: string): Promise<void> {
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode } = await stat(folder);
    if ((mode & 0o001) === 0) {
      throw new PipelineError(
        "badConfiguration",
        `OpenSearch cannot run as root, and the user nobody, as whom it then runs, cannot reach its ${what} through ${folder}.`,
        { remedy: `${remedy}, or run as a normal user.` },
      );
    }
    if (dirname(folder) === folder) return;
  }
}

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "../../domain/errors.ts";

/**
 * Takes a data folder for this process, until what is returned is called: two brokers over the same files would end each other.
 * What a dead process has left behind is taken over.
 * @throws PipelineError `badConfiguration` that names the process which has it
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, "in-use");
  await mkdir(folder, { recursive: true, mode: 0o755 });
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: "wx", mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    if (holder > 0 && holder !== process.pid && isAlive(holder)) {
      throw new PipelineError("badConfiguration", `${folder} is in use by process ${holder}.`, {
        remedy: "Stop that one first, or name another folder with --data.",
      });
    }
    await rm(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

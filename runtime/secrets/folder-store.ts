import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "../../domain/errors.ts";
import { credentialsText, parseCredentials } from "./credentials-text.ts";
import type { SecretStore, StoredSecret } from "./secret-store.ts";

const ending = ".json";

/** Secrets as files that only this user can read, where there is no AWS: `NAME.json` in a folder. Accounts mean nothing here. */
export function folderStore(folder: string): SecretStore {
  return {
    async list(beginnings) {
      const names = (await faulted(folder, () => namesIn(folder))).filter((name) =>
        beginnings.some((beginning) => name.startsWith(beginning)),
      );
      return Promise.all(
        names.map(async (name): Promise<StoredSecret> => {
          const text = await faulted(folder, () => readFile(fileOf(folder, name), "utf8"));
          return { name, credentials: parseCredentials(text), account: undefined };
        }),
      );
    },
    put: (name, credentials) =>
      faulted(folder, async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await chmod(folder, 0o700);
        const file = fileOf(folder, name);
        await writeFile(`${file}.next`, `${credentialsText(credentials)}\n`, { mode: 0o600 });
        await rename(`${file}.next`, file);
      }),
    delete: (name) => faulted(folder, () => rm(fileOf(folder, name), { force: true })),
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const files = await readdir(folder);
    return files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function fileOf(folder: string, name: string): string {
  if (!/^[a-zA-Z0-9_][a-zA-Z0-9._-]*$/.test(name)) throw new RangeError(`${name} cannot be the name of a file`);
  return join(folder, name + ending);
}

async function faulted<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new PipelineError("secretUnavailable", `The folder of secrets ${folder} cannot be used (${code}).`, {
      remedy: "Give a folder that this user may write with --secrets-dir.",
      cause: error,
    });
  }
}

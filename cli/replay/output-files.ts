import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { PipelineError } from "../../domain/errors.ts";

/** Lines written to one file, counted and hashed on their way. */
export interface OutputFile {
  append(line: string): void;
  /** @returns what the file holds */
  close(): FileSummary;
}

export interface FileSummary {
  readonly records: number;
  readonly sha256: string;
}

/** Characters gathered before a write. */
const bufferedMax = 1 << 20;

/** Opens `name` in a folder, which is made where it is missing. @throws PipelineError `badConfiguration` or `diskFull` */
export function openOutputFile(directory: string, name: string): OutputFile {
  const path = join(directory, name);
  const file = attempt(path, () => {
    mkdirSync(directory, { recursive: true });
    return openSync(path, "w");
  });
  const hash = createHash("sha256");
  let records = 0;
  let buffered = "";
  const flush = () => {
    const bytes = Buffer.from(buffered);
    buffered = "";
    hash.update(bytes);
    attempt(path, () => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    });
  };
  return {
    append(line) {
      buffered += `${line}\n`;
      records++;
      if (buffered.length > bufferedMax) flush();
    },
    close() {
      flush();
      closeSync(file);
      return { records, sha256: hash.digest("hex") };
    },
  };
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new PipelineError("diskFull", `There is no room left to write ${path}.`, {
        remedy: "Free some, and run it again.",
        cause: error,
      });
    }
    throw new PipelineError("badConfiguration", `${path} cannot be written (${code}).`, {
      remedy: "Give --out a folder that can be.",
      cause: error,
    });
  }
}

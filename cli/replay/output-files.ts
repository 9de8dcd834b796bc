import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { PipelineError } from "../../domain/errors.ts";

/** Lines written to one file, counted and hashed on their way. */
export interface OutputFile {
  append(line: Uint8Array): void;
  /** @returns what the file holds */
  close(): FileSummary;
}

export interface FileSummary {
  readonly records: number;
  readonly sha256: string;
}

/** Bytes gathered before a write. */
const bufferedMax = 1 << 20;
const newline = 0x0a;

/** Opens `name` in a folder, which is made where it is missing. @throws PipelineError `badConfiguration` or `diskFull` */
export function openOutputFile(directory: string, name: string): OutputFile {
  const path = join(directory, name);
  const file = attempt(path, () => {
    mkdirSync(directory, { recursive: true });
    return openSync(path, "w");
  });
  const hash = createHash("sha256");
  let records = 0;
  const room = Buffer.allocUnsafe(bufferedMax);
  let buffered = 0;
  const write = (bytes: Uint8Array) => {
    hash.update(bytes);
    attempt(path, () => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    });
  };
  const flush = () => {
    const bytes = room.subarray(0, buffered);
    buffered = 0;
    write(bytes);
  };
  return {
    append(line) {
      records++;
      if (buffered + line.length + 1 > room.length) flush();
      if (line.length < room.length) {
        room.set(line, buffered);
        room[buffered + line.length] = newline;
        buffered += line.length + 1;
      } else {
        write(line);
        write(Uint8Array.of(newline));
      }
    },
    close() {
      try {
        flush();
      } finally {
        closeSync(file);
      }
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

import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createGunzip, type Gunzip } from "node:zlib";
import { PipelineError } from "../../domain/errors.ts";

/** A line longer than this is no message; without a bound one missing line break could take all memory. */
const lineBytesMax = 16 * 1024 * 1024;
const chunkBytes = 64 * 1024;
const newline = 0x0a;

/**
 * The lines of a gzipped text in order, in batches, without their line breaks; memory stays bounded by one chunk and one line.
 * What can be read before a fault is delivered first; a last line that was cut off with the file is not.
 * @throws PipelineError `recordingUnreadable` where the file is missing, not gzip, damaged, truncated, or has no lines
 */
export async function* gzipLines(path: string): AsyncGenerator<string[], void, undefined> {
  const source = createReadStream(path, { highWaterMark: chunkBytes });
  const gunzip = createGunzip({ chunkSize: 4 * chunkBytes });
  const splitter = new LineSplitter(path);
  let fault: Error | undefined;
  let lines = 0;
  gunzip.on("data", (chunk: Buffer) => splitter.push(chunk));
  gunzip.on("error", (error) => {
    fault = error;
  });
  try {
    for await (const chunk of source) {
      await write(gunzip, chunk);
      const batch = splitter.take();
      lines += batch.length;
      if (batch.length > 0) yield batch;
      if (fault !== undefined) throw unreadable(path, fault);
    }
    if (source.bytesRead > 0) await finish(gunzip);
    const rest = splitter.take();
    if (fault === undefined) rest.push(...splitter.takeUnended());
    lines += rest.length;
    if (rest.length > 0) yield rest;
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  if (fault !== undefined) throw unreadable(path, fault);
  if (lines === 0) throw unreadable(path, new Error("holds no lines"));
}

/** Settles when the chunk is inflated, or cannot be; the fault itself is kept by the caller's own listener. */
function write(gunzip: Gunzip, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      gunzip.off("error", done);
      resolve();
    };
    // A chunk that breaks the stream never has its own callback called.
    gunzip.once("error", done);
    gunzip.write(chunk, done);
  });
}

async function finish(gunzip: Gunzip): Promise<void> {
  gunzip.end();
  // A fault is kept by the caller's own listener; here it only ends the waiting.
  await once(gunzip, "end").catch(() => undefined);
}

class LineSplitter {
  readonly #path: string;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #lines: string[] = [];
  #tooLong = false;

  constructor(path: string) {
    this.#path = path;
  }

  push(chunk: Buffer): void {
    const last = chunk.lastIndexOf(newline);
    if (last < 0) {
      this.#keep(chunk);
      return;
    }
    const whole = chunk.subarray(0, last);
    const text =
      this.#restBytes === 0 ? whole.toString("utf8") : Buffer.concat([...this.#rest, whole]).toString("utf8");
    this.#rest = [];
    this.#restBytes = 0;
    const lines = text.split("\n");
    this.#lines = this.#lines.length === 0 ? lines : this.#lines.concat(lines);
    if (last + 1 < chunk.length) this.#keep(chunk.subarray(last + 1));
  }

  take(): string[] {
    if (this.#tooLong) {
      throw new PipelineError("recordingUnreadable", `${this.#path} has a line longer than ${lineBytesMax} bytes.`, {
        remedy: "Give a recording with one message a line.",
      });
    }
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  takeUnended(): string[] {
    return this.#restBytes === 0 ? [] : [Buffer.concat(this.#rest).toString("utf8")];
  }

  #keep(part: Buffer): void {
    if (this.#restBytes + part.length > lineBytesMax) {
      this.#tooLong = true;
      return;
    }
    this.#rest.push(part);
    this.#restBytes += part.length;
  }
}

function unreadable(path: string, error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  const { reason, remedy } = explain(error);
  return new PipelineError("recordingUnreadable", `${path} ${reason}.`, { remedy, cause: error });
}

function explain(error: unknown): { reason: string; remedy: string } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  if (code === "ENOENT") return { reason: "does not exist", remedy: "Give a folder that holds a recorded stream." };
  if (code === "Z_BUF_ERROR")
    return { reason: "is truncated", remedy: "Copy the recording again; what could be read has been." };
  if (code === "Z_DATA_ERROR" && message === "incorrect header check") {
    return { reason: "is not gzip", remedy: "Compress it with gzip." };
  }
  if (code === "Z_DATA_ERROR") return { reason: `is damaged (${message})`, remedy: "Copy the recording again." };
  return {
    reason: message === "holds no lines" ? message : `cannot be read (${message})`,
    remedy: "Give a readable recording.",
  };
}

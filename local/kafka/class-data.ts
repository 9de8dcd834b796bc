import { existsSync, statSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Java } from "../tools/java.ts";

/**
 * Makes Kafka's class-data archive for this Java once, by a start and a stop of a throw-away broker, and returns its file.
 * Starts take about a second less with it. It is a convenience: where it cannot be made, undefined, and starts go without.
 */
export async function ensureClassData(
  cache: string,
  jars: string,
  java: Java,
  train: (jvmOptions: readonly string[]) => Promise<{ stop(): Promise<void> }>,
): Promise<string | undefined> {
  // Another build of Java refuses the archive, so each has its own.
  const file = join(cache, `${jars.slice(cache.length + 1)}-java-${java.version}.jsa`);
  if (existsSync(file)) return file;
  const own = `${file}.${process.pid}-${process.hrtime.bigint()}`; // Two first starts may both train; the last rename wins.
  try {
    const broker = await train([`-XX:ArchiveClassesAtExit=${own}`]);
    await broker.stop();
    // A Java that makes none is not asked again at every start.
    if (!existsSync(own)) await writeFile(own, "");
    await rename(own, file);
    return file;
  } catch {
    await rm(own, { force: true });
    return undefined;
  }
}

/** Uses an archive where there is one; the virtual machine starts without it where it does not fit. */
export function classDataOption(file: string | undefined): readonly string[] {
  return file === undefined || statSync(file).size === 0 ? [] : [`-XX:SharedArchiveFile=${file}`];
}

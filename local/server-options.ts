import type { Environment } from "../runtime/config/environment.ts";
import type { OnInstallProgress } from "./install/progress.ts";

/** What both servers are started with. */
export interface ServerOptions {
  /** Where PATH, JAVA_HOME, HOME and the cache's place are read from. */
  readonly environment: Environment;
  /** Kept from start to start. Default: an empty temporary folder, removed at the stop. */
  readonly dataFolder?: string | undefined;
  /** On 127.0.0.1. Default: any free one. */
  readonly port?: number | undefined;
  /** Megabytes of Java heap. Default: 512. */
  readonly heapMegabytes?: number | undefined;
  /** True leaves every compiler and the parallel collectors on: slower to start, faster for hours. Default: false. */
  readonly benchmark?: boolean | undefined;
  /** Told of the one-time download. */
  readonly onProgress?: OnInstallProgress | undefined;
  /** Gives a start up that is under way. */
  readonly signal?: AbortSignal | undefined;
}

export const heapMegabytesDefault = 512;

/** What starts soonest and takes least memory: the first compiler alone, one collector thread, the class data of the JDK. */
export const quickStartOptions: readonly string[] = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"];

/** A cold disk and two busy cores can take a minute; a server that has said nothing by then never will. */
export const startTimeoutMs = 120_000;

/** True for the superuser, whom OpenSearch refuses. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

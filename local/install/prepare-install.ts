import { requireFree } from "../process/ports.ts";
import { isRoot, type ServerOptions } from "../server-options.ts";
import type { Java } from "../tools/java.ts";
import { requireTools } from "../tools/require-tools.ts";
import { cacheFolder } from "./cache-folder.ts";
import type { Distribution } from "./distribution.ts";
import { ensureInstalled, isInstalled } from "./ensure-installed.ts";

/** What a server is started from. */
export interface Installed {
  /** Where all distributions are. */
  readonly cache: string;
  /** This one's folder. */
  readonly folder: string;
  readonly java: Java;
}

/**
 * Looks at all that a start needs before anything is downloaded, and downloads the distribution where it is missing.
 * @param server for people, "Kafka"
 * @throws PipelineError `missingTool`, `portInUse`, `downloadFailed` or `diskFull`
 */
export async function prepareInstall(
  server: string,
  { distribution, javaReleaseMin }: { readonly distribution: Distribution; readonly javaReleaseMin: number },
  { environment, port, onProgress, signal }: ServerOptions,
): Promise<Installed> {
  const cache = cacheFolder({ environment, platform: process.platform, isRoot: isRoot() });
  const tools = requireTools(environment, { javaReleaseMin, needsMaven: !isInstalled(cache, distribution) });
  if (port !== undefined) await requireFree(port, server);
  const folder = await ensureInstalled(distribution, { cache, tools, environment, onProgress, signal });
  return { cache, folder, java: tools.java };
}

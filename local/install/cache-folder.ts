import { isAbsolute, join } from "node:path";
import type { Environment } from "../../runtime/config/environment.ts";

/** What decides the place, so that a test can decide it. */
export interface CacheFolderInput {
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
}

/**
 * Where downloads are kept from one start to the next: `BELLWETHER_CACHE`, or the system's usual place for a user's cache.
 * Root's is /var/cache, because OpenSearch refuses to run as root and the user it then drops to cannot look into /root.
 */
export function cacheFolder({ environment, platform, isRoot }: CacheFolderInput): string {
  const asked = environment["BELLWETHER_CACHE"];
  if (asked !== undefined && isAbsolute(asked)) return asked;
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? "/tmp";
  if (platform === "win32") return join(environment["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "bellwether");
  if (platform === "darwin")
    return isRoot ? "/Library/Caches/bellwether" : join(home, "Library", "Caches", "bellwether");
  if (isRoot) return "/var/cache/bellwether";
  const xdg = environment["XDG_CACHE_HOME"];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".cache"), "bellwether");
}

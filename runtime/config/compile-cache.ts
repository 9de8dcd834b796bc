import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { type Environment, environment } from "./environment.ts";

/**
 * This process's environment for a thread or a child that is to have the cache of compiled code that this process has (`enableCompileCache`): what is found there
 * has been stripped of its types already, and the compiler that strips them (20 to 27 MB) is not loaded. A thread does not have it by itself.
 */
export function cachingEnvironment(): Environment {
  const cache = getCompileCacheDir();
  return cache === undefined ? environment : { ...environment, NODE_COMPILE_CACHE: dirname(cache) };
}

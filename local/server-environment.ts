import type { Environment } from "../runtime/config/environment.ts";

const names = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_TOOL_OPTIONS", "SystemRoot", "TEMP"];

/** What a server needs of the environment, and no more: keys and passwords of other services stay here. */
export function serverEnvironment(environment: Environment): Environment {
  return Object.fromEntries(
    names.filter((name) => environment[name] !== undefined).map((name) => [name, environment[name]]),
  );
}

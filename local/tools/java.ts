import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Environment } from "../../runtime/config/environment.ts";

/** A Java that was found on this machine. */
export interface Java {
  readonly home: string;
  /** The `java` launcher. */
  readonly command: string;
  /** As the vendor writes it, "21.0.4". */
  readonly version: string;
  /** The feature release, 21 for "21.0.4". */
  readonly release: number;
}

/**
 * Every Java that can be found, those named by the environment first, then the PATH's, then the usual places' (newest first).
 * The first that is new enough is the one to take.
 */
export function* findJavas(environment: Environment): Generator<Java> {
  const named = [environment["OPENSEARCH_JAVA_HOME"], environment["JAVA_HOME"]].filter((home) => home !== undefined);
  for (const home of [...named, ...homesOnPath(environment)]) {
    const java = javaAt(home);
    if (java !== undefined) yield java;
  }
  const installed = usualHomes(environment)
    .map(javaAt)
    .filter((java) => java !== undefined);
  yield* installed.sort((a, b) => b.release - a.release);
}

function homesOnPath(environment: Environment): string[] {
  const homes: string[] = [];
  for (const folder of (environment["PATH"] ?? environment["Path"] ?? "").split(delimiter)) {
    const command = join(folder, launcher);
    // The link's target is inside the Java home; what stands on the PATH is mostly a link (/usr/bin/java).
    if (folder !== "" && existsSync(command)) homes.push(dirname(dirname(realpathSync(command))));
  }
  return homes;
}

const launcher = process.platform === "win32" ? "java.exe" : "java";

function usualHomes(environment: Environment): string[] {
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? "";
  const parents: readonly [folder: string, below: string][] = [
    ["/usr/lib/jvm", ""],
    ["/opt/java", ""],
    ["/opt/homebrew/opt", "libexec/openjdk.jdk/Contents/Home"],
    ["/usr/local/opt", "libexec/openjdk.jdk/Contents/Home"],
    ["/Library/Java/JavaVirtualMachines", "Contents/Home"],
    [join(home, "Library/Java/JavaVirtualMachines"), "Contents/Home"],
    [join(home, ".sdkman/candidates/java"), ""],
    [join(home, ".jdks"), ""],
    [join(environment["ProgramFiles"] ?? "C:\\Program Files", "Eclipse Adoptium"), ""],
    [join(environment["ProgramFiles"] ?? "C:\\Program Files", "Java"), ""],
  ];
  return parents.flatMap(([folder, below]) => {
    try {
      return readdirSync(folder).map((name) => join(folder, name, below));
    } catch {
      return [];
    }
  });
}

function javaAt(home: string): Java | undefined {
  const command = join(home, "bin", launcher);
  if (!existsSync(command)) return undefined;
  const version = releasedVersion(home) ?? askedVersion(command);
  const release = Number(version?.match(/^\d+/)?.[0]);
  if (version === undefined || !(release > 0)) return undefined;
  return { home, command, version, release };
}

/** Every vendor's home has a `release` file; reading it spares the start of a virtual machine. */
function releasedVersion(home: string): string | undefined {
  const file = join(home, "release");
  return existsSync(file) ? readFileSync(file, "utf8").match(/^JAVA_VERSION="([^"]+)"/m)?.[1] : undefined;
}

function askedVersion(command: string): string | undefined {
  const asked = spawnSync(command, ["-version"], { encoding: "utf8", timeout: 10_000 });
  return asked.stderr?.match(/version "([^"]+)"/)?.[1];
}

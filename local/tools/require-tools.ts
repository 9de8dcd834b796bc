import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { PipelineError } from "../../domain/errors.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import { findJavas, type Java } from "./java.ts";

/** What must be there before a server can be installed or started. */
export interface ToolRequest {
  /** The lowest feature release that will do: 17 for Kafka, 21 for OpenSearch. */
  readonly javaReleaseMin: number;
  /** Only an installation needs Maven. */
  readonly needsMaven: boolean;
}

export interface Tools {
  readonly java: Java;
  /** The `mvn` command; undefined where it was not asked for and is not there. */
  readonly maven: string | undefined;
}

/**
 * Finds Java and Maven.
 * @throws PipelineError `missingTool`, one for all that is missing, saying what to install on this system
 */
export function requireTools(environment: Environment, request: ToolRequest): Tools {
  const javas = [...findJavas(environment)];
  const java = javas.find((one) => one.release >= request.javaReleaseMin);
  const maven = findMaven(environment);
  const missing: string[] = [];
  if (java === undefined) {
    const others = [...new Set(javas.map((one) => `${one.version} in ${one.home}`))].join(", ");
    missing.push(`Java ${request.javaReleaseMin} or later (${others === "" ? "none was found" : `found: ${others}`})`);
  }
  if (maven === undefined && request.needsMaven) missing.push("Maven (no mvn on the PATH)");
  if (java === undefined || (maven === undefined && request.needsMaven)) {
    throw new PipelineError("missingTool", `Missing: ${missing.join("; ")}.`, {
      remedy:
        `Install with: ${installCommand(java === undefined, maven === undefined && request.needsMaven, request)}` +
        `${java === undefined ? ", or name a Java home in JAVA_HOME" : ""}; or use your own servers (KAFKA_BROKERS, OPENSEARCH_URL).`,
    });
  }
  return { java, maven };
}

function findMaven(environment: Environment): string | undefined {
  const names = process.platform === "win32" ? ["mvn.cmd"] : ["mvn"];
  const named = environment["MAVEN_HOME"] ?? environment["M2_HOME"];
  const folders = [
    ...(environment["PATH"] ?? environment["Path"] ?? "").split(delimiter),
    ...(named === undefined ? [] : [join(named, "bin")]),
  ];
  return folders
    .filter((folder) => folder !== "")
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((command) => existsSync(command));
}

interface Packages {
  readonly command: string;
  readonly java: string;
  readonly maven: string;
}

/** What to type on this system; Linux distributions are told apart by /etc/os-release. */
function installCommand(needsJava: boolean, needsMaven: boolean, request: ToolRequest): string {
  const packages = packagesOf(process.platform, process.platform === "linux" ? osRelease() : "", request);
  return [packages.command, ...(needsJava ? [packages.java] : []), ...(needsMaven ? [packages.maven] : [])].join(" ");
}

function osRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}

function packagesOf(platform: NodeJS.Platform, release: string, request: ToolRequest): Packages {
  if (platform === "darwin") return { command: "brew install", java: "openjdk@21", maven: "maven" };
  if (platform === "win32") {
    return { command: "winget install", java: "EclipseAdoptium.Temurin.21.JDK", maven: "Apache.Maven" };
  }
  if (/^ID(_LIKE)?=.*(fedora|rhel|centos|amzn)/m.test(release)) {
    const java = /^ID=.*amzn/m.test(release) ? "java-21-amazon-corretto-headless" : "java-21-openjdk-headless";
    return { command: "sudo dnf install", java, maven: "maven" };
  }
  if (/^ID(_LIKE)?=.*arch/m.test(release))
    return { command: "sudo pacman -S", java: "jre21-openjdk-headless", maven: "maven" };
  if (/^ID=alpine/m.test(release)) return { command: "sudo apk add", java: "openjdk21-jre-headless", maven: "maven" };
  // Debian 12 has no Java 21 of its own; Temurin's packages (adoptium.net/installation/linux) have.
  const old = request.javaReleaseMin > 17 && /^VERSION_ID="?(11|12)"?$/m.test(release);
  return {
    command: "sudo apt install",
    java: old
      ? "temurin-21-jdk (after adding packages.adoptium.net, see adoptium.net/installation/linux)"
      : "openjdk-21-jre-headless",
    maven: "maven",
  };
}

import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "../../domain/errors.ts";
import type { Distribution } from "../install/distribution.ts";
import { prepareInstall } from "../install/prepare-install.ts";
import { folderError } from "../process/folder-error.ts";
import { startGuarded } from "../process/guarded-process.ts";
import { dataFolderRemedy, openServerFolder, type ServerFolder } from "../process/server-folder.ts";
import { type RunningServer, startServer } from "../process/start-server.ts";
import { serverEnvironment } from "../server-environment.ts";
import { type ServerOptions, startTimeoutMs } from "../server-options.ts";
import type { Java } from "../tools/java.ts";
import { openSearchDistribution } from "./opensearch-distribution.ts";
import { openSearchJvmOptions } from "./opensearch-jvm.ts";
import { openSearchYaml } from "./opensearch-settings.ts";
import { firstShut, giveTo, reachableFolder, serverUser } from "./server-user.ts";

/** A single OpenSearch node on 127.0.0.1: plain HTTP, no users (the security plugin is not part of it). */
export interface RunningOpenSearch extends RunningServer {
  readonly url: string;
  /** Where its data is: not always where it was asked for (see `reachableFolder`). */
  readonly folder: string;
  readonly logFile: string;
}

/** The lowest Java feature release that OpenSearch 3 runs on. */
export const openSearchJavaReleaseMin = 21;

/** Another node than the plain one: one with plugins, say. */
export interface NodeVariant {
  readonly distribution: Distribution;
  /** The node's folder in the distribution's. */
  readonly home: string;
  /** Lines of opensearch.yml besides those of every node. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Puts more files into the node's configuration folder. */
  readonly prepare: (configFolder: string) => Promise<void>;
  readonly protocol: "http" | "https";
  readonly isHealthy: (url: string) => Promise<boolean>;
}

const plainNode: NodeVariant = {
  distribution: openSearchDistribution,
  home: openSearchDistribution.folder,
  settings: {},
  prepare: async () => {},
  protocol: "http",
  isHealthy,
};

const stopSeconds = 15;
const healthTimeoutMs = 5000;

/**
 * Starts the embedded node and waits until its cluster is yellow or green; the first time downloads it. As root it runs as `nobody`.
 * @throws PipelineError `missingTool`, `downloadFailed`, `portInUse`, `diskFull`, `badConfiguration` or `serverFailed`
 */
export async function startOpenSearch(
  options: ServerOptions,
  variant: NodeVariant = plainNode,
): Promise<RunningOpenSearch> {
  const needed = { distribution: variant.distribution, javaReleaseMin: openSearchJavaReleaseMin };
  const { folder: installed, java } = await prepareInstall("OpenSearch", needed, options);
  const shut = serverUser() === undefined ? undefined : await firstShut(installed);
  if (shut !== undefined) {
    throw new PipelineError(
      "badConfiguration",
      `OpenSearch cannot run as root, and the user nobody cannot pass through ${shut}.`,
      {
        remedy: "Name a cache folder in BELLWETHER_CACHE that everyone can reach (default: /var/cache/bellwether).",
      },
    );
  }
  const asked = await openServerFolder(options.dataFolder, "opensearch");
  const folder = serverUser() === undefined ? asked : await reachableFolder(asked);
  try {
    return await startIn(folder, join(installed, variant.home), java, options, variant);
  } catch (error) {
    if (folder.temporary) await rm(folder.path, { recursive: true, force: true });
    throw folderError(error, folder.path, dataFolderRemedy);
  }
}

async function startIn(
  folder: ServerFolder,
  home: string,
  java: Java,
  options: ServerOptions,
  variant: NodeVariant,
): Promise<RunningOpenSearch> {
  const config = join(folder.path, "config");
  for (const name of ["config", "data", "logs", "tmp"]) await mkdir(join(folder.path, name), { recursive: true });
  const settings = { folder: folder.path, port: options.port ?? 0, more: variant.settings };
  await writeFile(join(config, "opensearch.yml"), openSearchYaml(settings));
  await variant.prepare(config);
  await copyFile(new URL("./log4j2.properties", import.meta.url), join(config, "log4j2.properties"));
  const portsFile = join(folder.path, "logs", "http.ports");
  await rm(portsFile, { force: true }); // Of an earlier start.
  const user = serverUser();
  if (user !== undefined) await giveTo(user, folder.path);

  const logFile = join(folder.path, "opensearch.log");
  let address = "";
  const server = await startServer({
    name: "OpenSearch",
    folder,
    logFile,
    startTimeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    launch: () =>
      startGuarded({
        command: java.command,
        args: [
          ...openSearchJvmOptions(home, folder.path, options),
          "-cp",
          join(home, "lib", "*"),
          "org.opensearch.bootstrap.OpenSearch",
        ],
        workingFolder: folder.path,
        environment: serverEnvironment(options.environment),
        logFile,
        stopSeconds,
        ...(user === undefined ? {} : { user }),
        ...(folder.temporary ? { temporaryFolder: folder.path } : {}),
      }),
    isReady: async () => {
      if (address === "") address = (await readFile(portsFile, "utf8")).split("\n")[0] ?? "";
      return address !== "" && (await variant.isHealthy(`${variant.protocol}://${address}`));
    },
  });
  return { ...server, url: `${variant.protocol}://${address}`, folder: folder.path, logFile };
}

async function isHealthy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=2s`, {
    signal: AbortSignal.timeout(healthTimeoutMs),
  });
  return answer.status === 200;
}

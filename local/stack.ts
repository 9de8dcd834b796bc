import { join, resolve } from "node:path";
import type { PipelineError } from "../domain/errors.ts";
import type { Environment } from "../runtime/config/environment.ts";
import type { Log } from "../runtime/log/log.ts";
import { cacheFolder } from "./install/cache-folder.ts";
import { isInstalled } from "./install/ensure-installed.ts";
import type { OnInstallProgress } from "./install/progress.ts";
import { kafkaDistribution } from "./kafka/kafka-distribution.ts";
import { kafkaJavaReleaseMin, type RunningKafka, startKafka } from "./kafka/start-kafka.ts";
import { openSearchDistribution } from "./opensearch/opensearch-distribution.ts";
import { openSearchJavaReleaseMin, type RunningOpenSearch, startOpenSearch } from "./opensearch/start-opensearch.ts";
import { claimFolder } from "./process/folder-claim.ts";
import { requireFree } from "./process/ports.ts";
import { isRoot } from "./server-options.ts";
import { requireTools } from "./tools/require-tools.ts";

/** One of the servers. */
export type ServerName = "kafka" | "opensearch";

export interface StackOptions {
  readonly environment: Environment;
  readonly log: Log;
  /** Told of the one-time downloads; see `showInstallProgress`. */
  readonly onProgress?: OnInstallProgress | undefined;
  /** Keeps both servers' data, certificates and passwords, each in a folder of its own. Default: temporary folders, gone at the end. */
  readonly dataFolder?: string | undefined;
  /** Default: any free one. */
  readonly kafkaPort?: number | undefined;
  /** Default: any free one. */
  readonly openSearchPort?: number | undefined;
  /** Starts one of the two alone. Default: both. */
  readonly only?: ServerName | undefined;
  /** Java heap of each server, in megabytes. Default: 512. */
  readonly heapMegabytes?: number | undefined;
  readonly benchmark?: boolean | undefined;
  /** Broker settings on top of ours. */
  readonly kafkaConfig?: Readonly<Record<string, string>> | undefined;
  /** Gives a start up that is under way: what runs is stopped, and `startStack` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The servers that run. */
export interface Stack {
  /** Undefined with `only: "opensearch"`. */
  readonly kafka: RunningKafka | undefined;
  /** Undefined with `only: "kafka"`. */
  readonly openSearch: RunningOpenSearch | undefined;
  /** Settles when the first of them is no more: undefined after `stop`, else why. Never rejects. */
  readonly exited: Promise<PipelineError | undefined>;
  /** Stops all of them, at the same time. Callable again. */
  stop(): Promise<void>;
}

/**
 * Starts Kafka and OpenSearch at the same time. Whichever fails, the other is stopped before the error is thrown.
 * @throws PipelineError as `startKafka` and `startOpenSearch` do; one `missingTool` for both
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  await checkFirst(options);
  const release = options.dataFolder === undefined ? async () => {} : await claimFolder(resolve(options.dataFolder));
  try {
    const stack = await startBoth(options);
    return {
      ...stack,
      stop: async () => {
        await stack.stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function startBoth(options: StackOptions): Promise<Stack> {
  const startedMs = performance.now();
  const { log } = options;
  // One failure must end the other start too, so both are told by one signal.
  const failing = new AbortController();
  const signal = options.signal === undefined ? failing.signal : AbortSignal.any([failing.signal, options.signal]);
  const shared = {
    environment: options.environment,
    onProgress: options.onProgress,
    heapMegabytes: options.heapMegabytes,
    benchmark: options.benchmark,
    signal,
  };
  const begin = async <Server extends { stop(): Promise<void> }>(name: ServerName, start: () => Promise<Server>) => {
    if (options.only !== undefined && options.only !== name) return undefined;
    try {
      const server = await start();
      log.info(`${name} is up`, { seconds: Math.round((performance.now() - startedMs) / 100) / 10 });
      return server;
    } catch (error) {
      failing.abort(error);
      throw error;
    }
  };
  const folderOf = (name: ServerName) =>
    options.dataFolder === undefined ? undefined : join(resolve(options.dataFolder), name);
  const [kafka, openSearch] = await Promise.allSettled([
    begin("kafka", () =>
      startKafka({
        ...shared,
        port: options.kafkaPort,
        dataFolder: folderOf("kafka"),
        extraConfig: options.kafkaConfig,
      }),
    ),
    begin("opensearch", () =>
      startOpenSearch({ ...shared, port: options.openSearchPort, dataFolder: folderOf("opensearch") }),
    ),
  ]);
  if (kafka.status === "rejected" || openSearch.status === "rejected" || signal.aborted) {
    if (kafka.status === "fulfilled") await kafka.value?.stop();
    if (openSearch.status === "fulfilled") await openSearch.value?.stop();
    throw signal.reason;
  }
  const folder = openSearch.value?.folder;
  if (folder !== undefined && options.dataFolder !== undefined && folder !== folderOf("opensearch")) {
    log.warn("OpenSearch's data is elsewhere: the user it runs as cannot reach the data folder", { folder });
  }
  return stackOf(kafka.value, openSearch.value);
}

function stackOf(kafka: RunningKafka | undefined, openSearch: RunningOpenSearch | undefined): Stack {
  const servers = [kafka, openSearch].filter((server) => server !== undefined);
  return {
    kafka,
    openSearch,
    exited: Promise.race(servers.map((server) => server.exited)),
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** What both starts would find missing is told at once, before anything is downloaded or started. */
async function checkFirst(options: StackOptions): Promise<void> {
  const cache = cacheFolder({ environment: options.environment, platform: process.platform, isRoot: isRoot() });
  const wanted = [
    ...(options.only === "opensearch"
      ? []
      : [{ distribution: kafkaDistribution, javaReleaseMin: kafkaJavaReleaseMin }]),
    ...(options.only === "kafka"
      ? []
      : [{ distribution: openSearchDistribution, javaReleaseMin: openSearchJavaReleaseMin }]),
  ];
  requireTools(options.environment, {
    javaReleaseMin: Math.max(...wanted.map((one) => one.javaReleaseMin)),
    needsMaven: wanted.some((one) => !isInstalled(cache, one.distribution)),
  });
  if (options.kafkaPort !== undefined) await requireFree(options.kafkaPort, "Kafka");
  if (options.openSearchPort !== undefined) await requireFree(options.openSearchPort, "OpenSearch");
}

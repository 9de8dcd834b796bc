import type { PipelineError } from "../../domain/errors.ts";
import { showInstallProgress } from "../../local/install/progress.ts";
import type { RunningKafka } from "../../local/kafka/start-kafka.ts";
import { type Stack, startStack } from "../../local/stack.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import type { Log } from "../../runtime/log/log.ts";

/** Whom a process signs in as: on servers of our own each has a user of its own. */
export type Role = "admin" | "producer" | "enricher" | "distributor" | "indexer" | "demo";

/** Kafka and OpenSearch, started here or named by the environment. */
export interface Servers {
  /** True where the broker is ours: then users and rights are made. */
  readonly ownsKafka: boolean;
  readonly openSearchUrl: string;
  /** The environment variables with which a process reaches both servers. Holds a password: never to be logged. */
  environmentFor(role: Role): Environment;
  /** Settles when a server of ours is no more: undefined after `stop`, else why. */
  readonly exited: Promise<PipelineError | undefined>;
  stop(): Promise<void>;
}

export interface ServersOptions {
  readonly environment: Environment;
  readonly log: Log;
  readonly dataFolder: string | undefined;
  readonly kafkaPort?: number | undefined;
  readonly openSearchPort?: number | undefined;
  readonly benchmark?: boolean | undefined;
  /** False leaves OpenSearch out. Default: true. */
  readonly index?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** Starts what `KAFKA_BROKERS` and `OPENSEARCH_URL` do not name. */
export async function openServers(options: ServersOptions): Promise<Servers> {
  const { environment, signal } = options;
  const namesKafka = isSet(environment["KAFKA_BROKERS"]);
  const namesOpenSearch = options.index === false || isSet(environment["OPENSEARCH_URL"]);
  const stack =
    namesKafka && namesOpenSearch
      ? undefined
      : await startStack({
          environment,
          log: options.log,
          onProgress: showInstallProgress(process.stderr),
          dataFolder: options.dataFolder,
          kafkaPort: options.kafkaPort,
          openSearchPort: options.openSearchPort,
          benchmark: options.benchmark,
          only: namesKafka ? "opensearch" : namesOpenSearch ? "kafka" : undefined,
          signal,
        });
  return serversOf(environment, stack);
}

function serversOf(environment: Environment, stack: Stack | undefined): Servers {
  const openSearchUrl = stack?.openSearch?.url ?? environment["OPENSEARCH_URL"] ?? "";
  return {
    ownsKafka: stack?.kafka !== undefined,
    openSearchUrl,
    environmentFor: (role) => ({
      ...(stack?.kafka === undefined ? {} : kafkaEnvironment(stack.kafka, role)),
      OPENSEARCH_URL: openSearchUrl,
    }),
    exited: stack?.exited ?? new Promise(() => {}),
    stop: async () => stack?.stop(),
  };
}

function kafkaEnvironment(kafka: RunningKafka, role: Role): Environment {
  const { username, password } = kafka.users[role];
  return {
    KAFKA_BROKERS: kafka.brokers.join(","),
    KAFKA_TLS_CA: kafka.caFile,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
    ...(role === "admin" ? { KAFKA_AUTHORIZER_LOG: kafka.authorizerLogFile } : {}),
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

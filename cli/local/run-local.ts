import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { kafkaVariables, logVariables } from "../../runtime/config/variables.ts";
import { kafkaConnection } from "../../runtime/kafka/connection.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import { listenForShutdown } from "../../runtime/shutdown/shutdown.ts";
import { provision } from "../servers/provision.ts";
import { openServers } from "../servers/servers.ts";
import { stageLog } from "../stage-log.ts";

export interface LocalOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly kafkaPort?: number;
  readonly opensearchPort?: number;
}

/** Starts the servers alone, prints an administrator's environment, and keeps them until it is stopped. */
export async function runLocal(options: LocalOptions): Promise<void> {
  const config = parseConfig(logVariables, environment);
  const log = stageLog("local", config);
  const shutdown = listenForShutdown(environment);
  const servers = await openServers({
    environment: { ...environment, KAFKA_BROKERS: undefined, OPENSEARCH_URL: undefined },
    log,
    dataFolder: options.data,
    kafkaPort: options.kafkaPort,
    openSearchPort: options.opensearchPort,
    signal: shutdown.signal,
  });
  try {
    const administrator = servers.environmentFor("admin");
    const kafkaConfig = parseConfig(kafkaVariables, { ...environment, ...administrator });
    const admin = await createKafka(await kafkaConnection(kafkaConfig, "bellwether-local"), log).admin();
    await provision(admin, kafkaConfig.TOPIC_PREFIX, true);
    await admin.close();
    process.stdout.write(options.json === true ? `${JSON.stringify(administrator)}\n` : exports(administrator));
    log.info("ready; Ctrl-C stops");
    const failure = await Promise.race([servers.exited, shutdown.stopped.then(() => undefined)]);
    if (failure !== undefined) throw failure;
  } finally {
    await servers.stop();
  }
}

/** Lines that a shell takes over as they are. */
function exports(variables: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${(value ?? "").replaceAll("'", "'\\''")}'\n`)
    .join("");
}

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PipelineError } from "../../domain/errors.ts";
import { prepareInstall } from "../install/prepare-install.ts";
import { folderError } from "../process/folder-error.ts";
import { freePort, isFree } from "../process/ports.ts";
import { dataFolderRemedy, openServerFolder, type ServerFolder } from "../process/server-folder.ts";
import { type RunningServer, startServer } from "../process/start-server.ts";
import { heapMegabytesDefault, quickStartOptions, type ServerOptions, startTimeoutMs } from "../server-options.ts";
import type { Java } from "../tools/java.ts";
import { classDataOption, ensureClassData } from "./class-data.ts";
import { type KafkaUser, type KafkaUserName, missingUsers, type Passwords, writeSecret } from "./credentials.ts";
import { kafkaDistribution } from "./kafka-distribution.ts";
import { answersClients } from "./kafka-health.ts";
import { startKafkaJava } from "./kafka-java.ts";
import { type KafkaTarget, prepareStorage } from "./prepare-storage.ts";
import { createScramUser, type ScramUserTarget } from "./scram-user.ts";
import { serverProperties } from "./server-properties.ts";
import { ensureTlsFiles } from "./tls-files.ts";

export interface KafkaOptions extends ServerOptions {
  /** Broker settings on top of ours, for tests: short session timeouts and the like. */
  readonly extraConfig?: Readonly<Record<string, string>> | undefined;
}

/** A broker on 127.0.0.1 whose one client listener is SASL_SSL with SCRAM-SHA-512, and where only ACLs give rights. */
export interface RunningKafka extends RunningServer {
  /** "127.0.0.1:port". */
  readonly brokers: readonly string[];
  /** The authority that clients must trust, PEM: its text, and a file that holds it. */
  readonly ca: string;
  readonly caFile: string;
  /** `admin` may do all; the others nothing before ACLs are made for them. */
  readonly users: Readonly<Record<KafkaUserName, KafkaUser>>;
  readonly logFile: string;
  /** Who was denied what; comes with the first denial. */
  readonly authorizerLogFile: string;
  /** Makes one more SCRAM user with a new password (or renews one's), and keeps it in the data folder. Takes about 2 s. */
  createScramUser(username: string): Promise<KafkaUser>;
}

/** The lowest Java feature release that Kafka 4.3 runs on. */
export const kafkaJavaReleaseMin = 17;

const attemptsMax = 3;

/**
 * Starts the embedded broker; the first time downloads it, and in a new data folder makes certificates, passwords and users.
 * A start with the same data folder finds all of it again.
 * @throws PipelineError `missingTool`, `downloadFailed`, `portInUse`, `diskFull`, `badConfiguration` or `serverFailed`
 */
export async function startKafka(options: KafkaOptions): Promise<RunningKafka> {
  const needed = { distribution: kafkaDistribution, javaReleaseMin: kafkaJavaReleaseMin };
  const { cache, folder: jars, java } = await prepareInstall("Kafka", needed, options);
  const classData = await ensureClassData(cache, jars, java, (jvmOptions) =>
    startWith({ environment: options.environment, signal: options.signal }, jars, java, jvmOptions),
  );
  return startWith(options, jars, java, classDataOption(classData));
}

/** Another program can take a free port between our look and the broker's start: then once more, with other ports. */
async function startWith(
  options: KafkaOptions,
  jars: string,
  java: Java,
  jvmOptions: readonly string[],
): Promise<RunningKafka> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const controllerPort = await freePort([port]);
    try {
      return await startOnce({ options, jars, java, jvmOptions, port, controllerPort });
    } catch (error) {
      const raced = error instanceof PipelineError && error.code === "serverFailed";
      const taken = !(await isFree(controllerPort)) || (options.port === undefined && !(await isFree(port)));
      if (!raced || !taken || attempt === attemptsMax) throw error;
    }
  }
}

interface Start {
  readonly options: KafkaOptions;
  readonly jars: string;
  readonly java: Java;
  readonly jvmOptions: readonly string[];
  readonly port: number;
  readonly controllerPort: number;
}

async function startOnce(start: Start): Promise<RunningKafka> {
  const folder = await openServerFolder(start.options.dataFolder, "kafka");
  try {
    return await startIn(folder, start);
  } catch (error) {
    if (folder.temporary) await rm(folder.path, { recursive: true, force: true });
    throw folderError(error, folder.path, dataFolderRemedy);
  }
}

async function startIn(folder: ServerFolder, start: Start): Promise<RunningKafka> {
  const { options, jars, java, port, controllerPort } = start;
  const tls = await ensureTlsFiles(folder.path, new Date());
  const properties = join(folder.path, "server.properties");
  const write = (passwords: Readonly<Record<string, string>>) =>
    writeSecret(
      properties,
      serverProperties({ folder: folder.path, port, controllerPort, passwords, tls, extra: options.extraConfig ?? {} }),
    );
  const target: KafkaTarget = {
    jars,
    java,
    folder: folder.path,
    environment: options.environment,
    ...(folder.temporary ? { temporaryFolder: folder.path } : {}),
  };
  const prepared = await prepareStorage(target, properties, write);
  const logFile = join(folder.path, "kafka.log");
  const heap = options.heapMegabytes ?? heapMegabytesDefault;
  const brokers = [`127.0.0.1:${port}`];
  const admin = userOf(prepared, "admin");

  let argumentsFile: string | undefined;
  const server = await startServer({
    name: "Kafka",
    folder,
    logFile,
    startTimeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    launch: async () => {
      const launched = await startKafkaJava({
        ...target,
        mainClass: "kafka.Kafka",
        args: [properties],
        jvmOptions: [
          `-Xms${Math.min(heap, 256)}m`,
          `-Xmx${heap}m`,
          ...(options.benchmark === true ? [] : quickStartOptions),
          `-Dlog4j2.configurationFile=${fileURLToPath(new URL("./log4j2.properties", import.meta.url))}`,
          `-XX:ErrorFile=${join(folder.path, "java-crash.log")}`,
          ...start.jvmOptions,
        ],
        logFile,
      });
      argumentsFile = launched.argumentsFile;
      return launched;
    },
    isReady: () => answersClients(brokers, tls.ca, admin),
  });
  if (argumentsFile !== undefined) await rm(argumentsFile, { force: true });
  const scramTarget: ScramUserTarget = { ...target, brokers, caFile: tls.caFile, admin };
  const passwords = await withMissingUsers(prepared, scramTarget).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return {
    ...server,
    brokers,
    ca: tls.ca,
    caFile: tls.caFile,
    logFile,
    authorizerLogFile: join(folder.path, "authorizer.log"),
    users: {
      admin,
      producer: userOf(passwords, "producer"),
      enricher: userOf(passwords, "enricher"),
      distributor: userOf(passwords, "distributor"),
      indexer: userOf(passwords, "indexer"),
      demo: userOf(passwords, "demo"),
    },
    createScramUser: (username) => createScramUser(scramTarget, username),
  };
}

/** Makes the users that a data folder of an earlier version lacks. */
async function withMissingUsers(prepared: Passwords, target: ScramUserTarget): Promise<Passwords> {
  const made: Record<string, string> = {};
  for (const name of missingUsers(prepared)) made[name] = (await createScramUser(target, name)).password;
  return { ...prepared, ...made };
}

function userOf(passwords: Readonly<Record<string, string>>, username: string): KafkaUser {
  const password = passwords[username];
  if (password === undefined) {
    throw new PipelineError("badConfiguration", `The data folder's passwords.json has no user ${username}.`, {
      remedy: "Restore the file, or choose a new data folder.",
    });
  }
  return { username, password };
}

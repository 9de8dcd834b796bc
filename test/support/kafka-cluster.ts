import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../local/install/cache-folder.ts";
import { ensureInstalled } from "../../local/install/ensure-installed.ts";
import { newPasswords, type Passwords, writePasswords, writeSecret } from "../../local/kafka/credentials.ts";
import { kafkaDistribution } from "../../local/kafka/kafka-distribution.ts";
import { runKafkaTool } from "../../local/kafka/kafka-java.ts";
import { serverProperties } from "../../local/kafka/server-properties.ts";
import { kafkaJavaReleaseMin, type RunningKafka, startKafka } from "../../local/kafka/start-kafka.ts";
import { ensureTlsFiles } from "../../local/kafka/tls-files.ts";
import { freePort } from "../../local/process/ports.ts";
import { isRoot } from "../../local/server-options.ts";
import { requireTools } from "../../local/tools/require-tools.ts";

/** One broker of a cluster, which can be ended and started again on its own data. */
interface ClusterNode {
  readonly id: number;
  readonly folder: string;
  readonly port: number;
  readonly config: Readonly<Record<string, string>>;
  server: RunningKafka | null;
}

const nodeIds = [1, 2, 3];
const heapMegabytes = 256;
const environment = process.env;

/** Every record on three brokers, two of which must have it, as Amazon MSK's own settings are; leaders go back only when they are told to. */
const replicated = {
  "default.replication.factor": "3",
  "min.insync.replicas": "2",
  "offsets.topic.replication.factor": "3",
  "transaction.state.log.replication.factor": "3",
  "transaction.state.log.min.isr": "2",
  "share.coordinator.state.topic.replication.factor": "3",
  "share.coordinator.state.topic.min.isr": "2",
  "auto.leader.rebalance.enable": "false",
};

/** Three brokers on this machine, each a controller too, with the users, passwords and authority of a single one. */
export class KafkaCluster {
  readonly #folder: string;
  readonly #nodes: readonly ClusterNode[];

  private constructor(folder: string, nodes: readonly ClusterNode[]) {
    this.#folder = folder;
    this.#nodes = nodes;
  }

  static async start(extraConfig: Readonly<Record<string, string>> = {}): Promise<KafkaCluster> {
    const folder = mkdtempSync(join(tmpdir(), "bellwether-cluster-"));
    const voters: string[] = [];
    const ports: number[] = [];
    for (const id of nodeIds) {
      for (const _ of ["port", "controllerPort"]) ports.push(await freePort(ports));
      voters.push(`${id}@127.0.0.1:${ports.at(-1)}`);
    }
    const nodes = nodeIds.map((id, index): ClusterNode => {
      const [port = 0, controllerPort = 0] = ports.slice(index * 2);
      const config = {
        ...replicated,
        "node.id": String(id),
        "controller.quorum.voters": voters.join(","),
        listeners: `SASL_SSL://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
        ...extraConfig,
      };
      return { id, folder: join(folder, String(id)), port, config, server: null };
    });
    const cluster = new KafkaCluster(folder, nodes);
    try {
      await format(nodes);
      // Two of them make a quorum, and none answers before there is one.
      await Promise.all(nodeIds.map((id) => cluster.startNode(id)));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** What clients are told: all three brokers, whichever of them run. */
  get connection(): Pick<RunningKafka, "brokers" | "ca" | "caFile" | "users"> {
    const server = this.#nodes.find((node) => node.server !== null)?.server;
    if (server === undefined || server === null) throw new RangeError("No broker of the cluster runs");
    return { ...server, brokers: this.#nodes.map(({ port }) => `127.0.0.1:${port}`) };
  }

  async startNode(id: number): Promise<void> {
    const node = this.#node(id);
    const { folder: dataFolder, port, config: extraConfig } = node;
    node.server = await startKafka({ environment, dataFolder, port, extraConfig, heapMegabytes });
  }

  /** In good order: its leaders move first, as in a rolling update. */
  async stopNode(id: number): Promise<void> {
    const node = this.#node(id);
    await node.server?.stop();
    node.server = null;
  }

  /** At once, as a machine dies: the cluster finds out when its session has passed. */
  async killNode(id: number): Promise<void> {
    this.signalNode(id, "SIGKILL");
    await this.stopNode(id);
  }

  /** SIGSTOP makes a broker that says nothing more, but whose connections stay open. */
  signalNode(id: number, signal: NodeJS.Signals): void {
    const { server } = this.#node(id);
    if (server !== null) process.kill(server.pid, signal);
  }

  async stop(): Promise<void> {
    for (const { id } of this.#nodes) this.signalNode(id, "SIGCONT");
    await Promise.all(this.#nodes.map(({ id }) => this.stopNode(id)));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #node(id: number): ClusterNode {
    const node = this.#nodes.find((known) => known.id === id);
    if (node === undefined) throw new RangeError(`The cluster has no broker ${id}`);
    return node;
  }
}

/** Gives each node its folder with the same cluster, passwords and certificates; a start with such a folder takes it as it is. */
async function format(nodes: readonly ClusterNode[]): Promise<void> {
  const clusterId = randomBytes(16).toString("base64url");
  const passwords = newPasswords();
  const [first] = nodes;
  for (const node of nodes) {
    mkdirSync(node.folder, { mode: 0o700 });
    for (const file of ["ca.pem", "server.pem"]) {
      if (first !== undefined && node !== first) cpSync(join(first.folder, file), join(node.folder, file));
    }
    await formatNode(node, passwords, clusterId);
  }
}

async function formatNode({ folder, port, config }: ClusterNode, passwords: Passwords, clusterId: string) {
  const cache = cacheFolder({ environment, platform: process.platform, isRoot: isRoot() });
  const tools = requireTools(environment, { javaReleaseMin: kafkaJavaReleaseMin, needsMaven: false });
  const jars = await ensureInstalled(kafkaDistribution, { cache, tools, environment });
  const tls = await ensureTlsFiles(folder, new Date());
  const properties = join(folder, "server.properties");
  const settings = serverProperties({ folder, port, controllerPort: 0, passwords, tls, extra: config });
  await writeSecret(properties, settings);
  const users = Object.entries(passwords).flatMap(([name, password]) => [
    "--add-scram",
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  await runKafkaTool("Kafka's storage formatter", {
    jars,
    java: tools.java,
    folder,
    environment,
    mainClass: "kafka.tools.StorageTool",
    args: ["format", `--cluster-id=${clusterId}`, "--config", properties, ...users],
    secrets: Object.values(passwords),
  });
  await writePasswords(folder, passwords);
}

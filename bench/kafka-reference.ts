import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../local/install/cache-folder.ts";
import { ensureInstalled } from "../local/install/ensure-installed.ts";
import { kafkaDistribution } from "../local/kafka/kafka-distribution.ts";
import { type RunningKafka, startKafka } from "../local/kafka/start-kafka.ts";
import { isRoot } from "../local/server-options.ts";
import { requireTools } from "../local/tools/require-tools.ts";
import { environment } from "../runtime/config/environment.ts";
import { createKafka } from "../runtime/kafka/kafka.ts";
import type { Log } from "../runtime/log/log.ts";

const records = 500_000;
const recordBytes = 650;
const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Records a second that Kafka's own producer tool sends to a broker like the pipeline's: TLS, SCRAM, acknowledged by all, idempotent. */
export async function benchReference(): Promise<number> {
  const kafka = await startKafka({ environment, benchmark: true });
  const folder = mkdtempSync(join(tmpdir(), "bellwether-reference-"));
  try {
    const admin = await createKafka(
      { brokers: kafka.brokers, clientId: "bench", tls: { ca: kafka.ca }, sasl: kafka.users.admin },
      quiet,
    ).admin();
    await admin.ensureTopics([{ topic: "reference", partitions: 12, configs: {} }]);
    await admin.close();
    const config = join(folder, "producer.properties");
    writeFileSync(config, clientProperties(kafka), { mode: 0o600 });
    return await producerPerformance(config);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await kafka.stop();
  }
}

async function producerPerformance(config: string): Promise<number> {
  const cache = cacheFolder({ environment, platform: process.platform, isRoot: isRoot() });
  const tools = requireTools(environment, { javaReleaseMin: 17, needsMaven: false });
  const jars = await ensureInstalled(kafkaDistribution, { cache, tools, environment });
  const args = ["-cp", join(jars, "*"), "org.apache.kafka.tools.ProducerPerformance", "--topic", "reference"];
  args.push(
    "--num-records",
    String(records),
    "--record-size",
    String(recordBytes),
    "--throughput",
    "-1",
    "--producer.config",
    config,
  );
  const child = spawn(tools.java.command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  await new Promise((resolve) => child.on("close", resolve));
  const total = [...output.matchAll(/records sent, ([\d.]+) records\/sec/g)].at(-1)?.[1];
  if (total === undefined) throw new Error(`ProducerPerformance gave no figure: ${output}`);
  return Number(total);
}

function clientProperties({ brokers, caFile, users }: RunningKafka): string {
  const { username, password } = users.admin;
  return [
    `bootstrap.servers=${brokers.join(",")}`,
    "security.protocol=SASL_SSL",
    "sasl.mechanism=SCRAM-SHA-512",
    `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`,
    "ssl.truststore.type=PEM",
    `ssl.truststore.location=${caFile}`,
    "acks=all",
    "enable.idempotence=true",
    "linger.ms=5",
    "batch.size=262144",
    "",
  ].join("\n");
}

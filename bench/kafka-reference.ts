import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startKafka } from "../local/kafka/start-kafka.ts";
import { environment } from "../runtime/config/environment.ts";
import { createKafka } from "../runtime/kafka/kafka.ts";
import type { Log } from "../runtime/log/log.ts";
import { clientProperties, runTool } from "./kafka-tool.ts";

const records = 500_000;
const recordBytes = 650;
const producing = ["acks=all", "enable.idempotence=true", "linger.ms=5", "batch.size=262144"];
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
    writeFileSync(config, clientProperties(kafka, producing), { mode: 0o600 });
    return await producerPerformance(config);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await kafka.stop();
  }
}

async function producerPerformance(config: string): Promise<number> {
  const args = ["--topic", "reference", "--num-records", String(records), "--record-size", String(recordBytes)];
  args.push("--throughput", "-1", "--producer.config", config);
  const output = await runTool("org.apache.kafka.tools.ProducerPerformance", args);
  const total = [...output.matchAll(/records sent, ([\d.]+) records\/sec/g)].at(-1)?.[1];
  if (total === undefined) throw new Error(`ProducerPerformance gave no figure: ${output}`);
  return Number(total);
}

import { spawn } from "node:child_process";
import { join } from "node:path";
import { cacheFolder } from "../local/install/cache-folder.ts";
import { ensureInstalled } from "../local/install/ensure-installed.ts";
import { kafkaDistribution } from "../local/kafka/kafka-distribution.ts";
import type { RunningKafka } from "../local/kafka/start-kafka.ts";
import { isRoot } from "../local/server-options.ts";
import { requireTools } from "../local/tools/require-tools.ts";
import { environment } from "../runtime/config/environment.ts";

/** Runs one of Kafka's own tools to its end; what it printed. */
export async function runTool(mainClass: string, args: readonly string[]): Promise<string> {
  const cache = cacheFolder({ environment, platform: process.platform, isRoot: isRoot() });
  const tools = requireTools(environment, { javaReleaseMin: 17, needsMaven: false });
  const jars = await ensureInstalled(kafkaDistribution, { cache, tools, environment });
  const child = spawn(tools.java.command, ["-cp", join(jars, "*"), mainClass, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  await new Promise((resolve) => child.on("close", resolve));
  return output;
}

/** What Kafka's own clients need to sign in to the local broker, with further settings. */
export function clientProperties({ brokers, caFile, users }: RunningKafka, more: readonly string[]): string {
  const { username, password } = users.admin;
  return [
    `bootstrap.servers=${brokers.join(",")}`,
    "security.protocol=SASL_SSL",
    "sasl.mechanism=SCRAM-SHA-512",
    `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`,
    "ssl.truststore.type=PEM",
    `ssl.truststore.location=${caFile}`,
    ...more,
    "",
  ].join("\n");
}

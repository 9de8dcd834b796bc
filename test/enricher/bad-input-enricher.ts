import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Kafka as KafkaClient, type Admin as KafkaJsAdmin, logLevel } from "kafkajs";
import { verify } from "../../cli/verify/verify.ts";
import type { StageReport } from "../../runtime/metrics/report.ts";
import { untilFolded } from "../../scripts/chaos/until-folded.ts";
import { type TestBroker, topics } from "../support/broker.ts";
import { publishRaw, type RawLine } from "../support/publish-raw.ts";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

/** An enricher process, as an operator runs it. */
export interface RunningEnricher {
  readonly child: ChildProcess;
  /** All that it has written to standard error. */
  said(): string;
  /** How many transactions, dead letters and so on, as it last reported. */
  counted(name: string): number;
  readonly ended: Promise<number | null>;
  /** Ends it as an operator would; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts an enricher that snapshots and gives up often, so that what goes wrong shows soon. */
export function startEnricher(
  { server }: TestBroker,
  variables: Readonly<Record<string, string>> = {},
): RunningEnricher {
  const env = {
    ...process.env,
    KAFKA_BROKERS: server.brokers.join(","),
    KAFKA_TLS_CA: server.caFile,
    KAFKA_SASL_USERNAME: server.users.enricher.username,
    KAFKA_SASL_PASSWORD: server.users.enricher.password,
    SNAPSHOT_EVERY_MS: "300",
    SNAPSHOT_EVERY_RECORDS: "500",
    TRANSACTION_TIMEOUT_MS: "10000",
    ...variables,
  };
  const child = spawn(process.execPath, [main, "enrich"], { env, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let said = "";
  let counts: StageReport["metrics"]["counts"] = {};
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
  });
  child.on("message", (report: StageReport) => {
    counts = report.metrics.counts;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  return {
    child,
    said: () => said,
    counted: (name) => counts[name] ?? 0,
    ended,
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/** Waits until all of the raw log is folded, then folds it again: what was published must equal it. */
export async function expectExactlyOnce(broker: TestBroker) {
  const kafka = broker.kafkaFor("admin");
  const admin = await kafka.admin();
  const left = await untilFolded({
    admin,
    groupId: "market.enricher",
    raw: topics.raw,
    stalledMsMax: 40_000,
    onProgress: () => undefined,
  });
  await admin.close();
  if (left > 0) throw new Error(`${left} raw records are not folded, and nothing moves`);
  const found = await verify({ kafka, prefix: "market.", signal: new AbortController().signal, onProgress() {} });
  const { missing, duplicated, different } = found;
  if (missing + duplicated + different > 0) throw new Error(JSON.stringify(found.topics, null, 2));
  return found;
}

/** Some raw records of one symbol each. */
export function publishValues(broker: TestBroker, values: readonly RawLine["text"][], key = "AAPL") {
  return publishRaw(
    broker,
    values.map((text) => ({ symbol: key, text })),
  );
}

/** What the port does not offer, for it is no stage's business: to delete topics and rights. */
export async function asAdministrator<T>(
  { server }: TestBroker,
  work: (admin: KafkaJsAdmin) => Promise<T>,
): Promise<T> {
  const client = new KafkaClient({
    brokers: [...server.brokers],
    ssl: { ca: server.ca },
    sasl: { mechanism: "scram-sha-512", ...server.users.admin },
    logLevel: logLevel.NOTHING,
  });
  const admin = client.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
